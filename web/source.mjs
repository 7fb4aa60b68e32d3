import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Imports a module of the page's source, as a path below this folder, for a program of the build. */
export async function importSource(source) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: here,
    entryPoints: [source],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  return await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
  );
}
