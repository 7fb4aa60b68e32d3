import { FENCE, readFence, scriptAddress, TITLE } from "./fence.mjs";

/**
 * A remark plugin, as Docusaurus and Astro take it.
 *
 *     remarkPlugins: [[tabernetes, { site: "https://site.example/" }]]
 *
 * `script: false` leaves out the script, for a site that has it in the head of its
 * pages; `title` are the words of the link for who is not shown the element.
 */
export default function tabernetes({ site, script = true, title = TITLE } = {}) {
  return (tree, file) => {
    let found = false;
    replaceFences(tree, (node) => {
      try {
        const { attributes, link } = readFence(node.meta ?? "", node.value, { site });
        found = true;
        return element("tabernetes-playground", attributes, [
          {
            type: "element",
            tagName: "a",
            properties: { href: link },
            children: [{ type: "text", value: title }],
          },
        ]);
      } catch (error) {
        return file.fail(error.message, node);
      }
    });
    if (found && script) {
      tree.children.push(element("script", { async: true, src: scriptAddress(site) }, []));
    }
  };
}

/** A node that becomes an element of HTML, in MDX too, where there is no HTML as text. */
function element(hName, hProperties, hChildren) {
  return { type: FENCE, data: { hName, hProperties, hChildren }, children: [] };
}

function replaceFences(parent, replace) {
  parent.children?.forEach((node, index) => {
    if (node.type === "code" && node.lang === FENCE) {
      parent.children[index] = replace(node);
    } else {
      replaceFences(node, replace);
    }
  });
}
