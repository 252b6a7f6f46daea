/**
 * Bundles the browser code into ../static/dist (committed). Each file directly in src/entries becomes one minified
 * ES module, each in src/worklets one classic script: an AudioWorklet may not import; each in src/embeds one classic script too,
 * for the pages of other sites.
 */
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

async function scripts(folder) {
  const files = await readdir(`${here}src/${folder}`, { withFileTypes: true }).catch(() => []);
  return files.filter((file) => file.isFile() && file.name.endsWith(".js")).map((file) => `${here}src/${folder}/${file.name}`);
}

async function bundle(entryPoints, format) {
  if (!entryPoints.length) return;
  await build({ entryPoints, format, bundle: true, minify: true, target: "es2020", outdir: `${here}../static/dist`, legalComments: "linked", logLevel: "info" });
}

await bundle(await scripts("entries"), "esm");
await bundle(await scripts("worklets"), "iife");
await bundle(await scripts("embeds"), "iife");
