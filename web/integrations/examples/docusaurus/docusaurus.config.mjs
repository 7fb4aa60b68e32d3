import tabernetes from "tabernetes-integrations/remark";

const site = "https://site.example/";

export default {
  title: "A tutorial",
  url: "https://tutorial.example",
  baseUrl: "/",
  // Pages change without being loaded, so that the script is in the head of all.
  scripts: [{ src: `${site}embed.js`, async: true }],
  presets: [
    [
      "classic",
      {
        docs: { routeBasePath: "/", remarkPlugins: [[tabernetes, { site, script: false }]] },
        blog: false,
      },
    ],
  ],
};
