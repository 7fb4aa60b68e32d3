import { FENCE, markupOf, readFence, scriptAddress, TITLE } from "./fence.mjs";

/**
 * A markdown-it plugin, as VitePress takes it.
 *
 *     markdown: { config: (md) => md.use(tabernetes, { site: "https://site.example/", script: false }) }
 *
 * `script: false` leaves out the script, for a site that has it in the head of its
 * pages; `title` are the words of the link for who is not shown the element.
 */
export default function tabernetes(md, { site, script = true, title = TITLE } = {}) {
  const others = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, environment, self) => {
    const token = tokens[index];
    const [, name, words] = /^(\S*)\s*(.*)$/s.exec(token.info.trim());
    if (name !== FENCE) {
      return others(tokens, index, options, environment, self);
    }
    try {
      const isFirst = !tokens
        .slice(0, index)
        .some(({ type, info }) => type === "fence" && /^tabernetes\b/.test(info.trim()));
      const before = isFirst && script ? `<script async src="${scriptAddress(site)}"></script>\n` : "";
      return `${before}${markupOf(readFence(words, token.content, { site }), title)}\n`;
    } catch (error) {
      throw new Error(`line ${(token.map?.[0] ?? 0) + 1}: ${error.message}`);
    }
  };
}
