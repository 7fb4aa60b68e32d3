import { defineConfig } from "astro/config";
import tabernetes from "tabernetes-integrations/remark";

export default defineConfig({
  markdown: { remarkPlugins: [[tabernetes, { site: "https://site.example/" }]] },
});
