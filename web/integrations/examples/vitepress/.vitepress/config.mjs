import tabernetes from "tabernetes-integrations/markdown-it";

const site = "https://site.example/";

export default {
  title: "A tutorial",
  head: [["script", { async: "", src: `${site}embed.js` }]],
  // Vue reads a script in a page as its own, so that it stands in the head.
  markdown: { config: (md) => md.use(tabernetes, { site, script: false }) },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "tabernetes-playground" } } },
};
