/** Bundles a carrier of src/entries with a fake SDK in the place of its own, and keeps what it tells the page. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** `sdk`: what the carrier imports by name, or as its default. */
export async function carrierWith(entry, module, sdk) {
  globalThis.fakeSdks = { ...globalThis.fakeSdks, [module]: sdk };
  const fake = {
    name: "fake-sdk",
    setup(bundling) {
      bundling.onResolve({ filter: new RegExp(`^${module}$`) }, () => ({ path: module, namespace: "fake" }));
      bundling.onLoad({ filter: /.*/, namespace: "fake" }, () => ({ contents: `module.exports = globalThis.fakeSdks["${module}"];`, loader: "js" }));
    },
  };
  const folder = await mkdtemp(join(tmpdir(), "carrier-"));
  try {
    const outfile = join(folder, "carrier.mjs");
    await build({ entryPoints: [at(`../../src/entries/${entry}`)], bundle: true, outfile, format: "esm", platform: "browser", plugins: [fake] });
    return await import(pathToFileURL(outfile));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What is told to the page, in order: ["event", detail]. */
export function listener() {
  const told = [];
  const on = (event, detail) => told.push(detail === undefined ? [event] : [event, detail]);
  return { told, on };
}

/** The part of a page that pictures are put into. */
export function stage() {
  return {
    children: [],
    append(element) {
      this.children.push(element);
      element.parent = this;
    },
    replaceChildren(...children) {
      this.children = children;
    },
  };
}

export function element(tagName) {
  const made = new EventTarget();
  return Object.assign(made, {
    tagName, volume: 1,
    remove() {
      if (made.parent) made.parent.children = made.parent.children.filter((one) => one !== made);
    },
  });
}

/** `on`, `emit` and `removeAllListeners`, as both SDKs have them. */
export class Emitter {
  listeners = new Map();

  on(event, call) {
    if (!event) throw new Error("the SDK has no such event");
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), call]);
    return this;
  }

  emit(event, ...what) {
    for (const call of this.listeners.get(event) ?? []) call(...what);
  }

  removeAllListeners() {
    this.listeners.clear();
  }
}
