import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { BundleModules } from "../access/index.ts";
import { readZip } from "./read-zip.ts";

/** The media types that an upload may have. */
export const BUNDLE_MEDIA_TYPES = ["application/javascript", "text/javascript", "application/zip"] as const;

/** Where the fetch handler is looked for, in this order. */
const MAIN_MODULES = ["main.js", "index.js", "worker.js", "main.mjs", "index.mjs", "worker.mjs"] as const;
const SCRIPT = /\.[mc]?js$/;
const DATA = /\.(json|txt|md|html)$/;
/** What an import and the runtime's configuration can name. */
const PLAIN_PATH = /^[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*(?:\/[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*)*$/;

const refuse = (message: string, cause?: unknown): DomainError =>
  new DomainError("bundle_refused", message, cause === undefined ? {} : { cause });

/**
 * An uploaded bundle as modules: one ES module, or a zip of modules. Whether the code loads is shown by starting it;
 * here only its form is checked. Throws `unsupported_media_type`, `payload_too_large`, or `bundle_refused` with what is
 * wrong and where.
 */
export async function parseBundle(body: Uint8Array, contentType: string): Promise<BundleModules> {
  const mediaType = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!BUNDLE_MEDIA_TYPES.some((known) => known === mediaType))
    throw new DomainError(
      "unsupported_media_type",
      `Upload one ES module as text/javascript, or a zip of modules as application/zip, not ${mediaType || "nothing"}.`,
    );
  if (body.byteLength > limits.http.bundleBytesMax)
    throw new DomainError(
      "payload_too_large",
      `A bundle may have at most ${limits.http.bundleBytesMax} bytes; this one has ${body.byteLength}.`,
    );
  if (body.byteLength === 0) throw refuse("The bundle is empty.");
  return mediaType === "application/zip" ? parseArchive(body) : parseModule(body);
}

function parseModule(body: Uint8Array): BundleModules {
  if (body[0] === 0x50 && body[1] === 0x4b)
    throw refuse("This is a zip archive. Upload it with the content type application/zip.");
  return { mainModule: "main.js", modules: { "main.js": decodeSource("The module", body) } };
}

async function parseArchive(body: Uint8Array): Promise<BundleModules> {
  const entries = await readZip(body, {
    entriesMax: limits.http.bundleModulesMax * 2,
    unpackedBytesMax: limits.http.bundleBytesMax,
  });
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const name = normalizeName(entry.name);
    if (isLitter(name)) continue;
    if (files.has(name)) throw refuse(`The zip holds ${name} twice.`);
    files.set(name, entry.bytes);
  }
  if (files.size === 0) throw refuse("The zip holds no files.");
  if (files.size > limits.http.bundleModulesMax)
    throw refuse(`The zip holds ${files.size} files; at most ${limits.http.bundleModulesMax} are allowed.`);
  const prefix = sharedFolder([...files.keys()]);
  const modules: Record<string, string> = {};
  for (const [path, bytes] of files) {
    const name = path.slice(prefix.length);
    if (!SCRIPT.test(name) && !DATA.test(name))
      throw refuse(
        `${name} is not a module. A bundle may hold .js, .mjs, .cjs, .json, .txt, .md and .html files only.`,
      );
    if (!PLAIN_PATH.test(name))
      throw refuse(
        `Rename ${JSON.stringify(name)}: use letters, digits and _ @ + . - in the names of modules.`,
      );
    const source = decodeSource(name, bytes);
    if (name.endsWith(".json")) assertJson(name, source);
    modules[name] = source;
  }
  return { mainModule: findMain(Object.keys(modules)), modules };
}

/** `a/b.js` for `./a//b.js`; refuses names that point outside or that no module specifier can name. */
function normalizeName(raw: string): string {
  const shown = JSON.stringify(raw.slice(0, limits.servers.moduleNameCharactersMax));
  if (raw.length > limits.servers.moduleNameCharactersMax) throw refuse(`The name ${shown} is too long.`);
  if (raw.startsWith("/") || raw.includes("\\") || /^[A-Za-z]:/.test(raw))
    throw refuse(`The name ${shown} is not a relative path with forward slashes.`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(raw)) throw refuse(`The name ${shown} holds control characters.`);
  const parts = raw.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refuse(`The name ${shown} points outside the bundle.`);
  if (parts.length === 0) throw refuse(`The name ${shown} names nothing.`);
  return parts.join("/");
}

/** What operating systems add to archives by themselves. */
const isLitter = (name: string): boolean =>
  name.startsWith("__MACOSX/") || name.endsWith("/.DS_Store") || name === ".DS_Store";

/** `dist/` when everything lies in that one folder, as when a folder was zipped; else nothing. */
function sharedFolder(names: readonly string[]): string {
  const folder = names[0]?.split("/")[0] ?? "";
  const prefix = `${folder}/`;
  return names.every((name) => name.startsWith(prefix)) ? prefix : "";
}

function findMain(names: readonly string[]): string {
  const named = MAIN_MODULES.find((candidate) => names.includes(candidate));
  if (named) return named;
  const scripts = names.filter((name) => SCRIPT.test(name));
  const [only] = scripts;
  if (only !== undefined && scripts.length === 1) return only;
  throw refuse(
    "The bundle has no main module. Name the module that exports the fetch handler main.js, index.js or worker.js.",
  );
}

function decodeSource(name: string, bytes: Uint8Array): string {
  let source: string;
  try {
    source = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse(`${name} is not valid UTF-8 text.`, cause);
  }
  if (source.includes("\0")) throw refuse(`${name} holds NUL characters, so it is not text.`);
  if (SCRIPT.test(name) || name === "The module") {
    if (source.trim() === "") throw refuse(`${name} is empty.`);
  }
  return source;
}

function assertJson(name: string, source: string): void {
  try {
    JSON.parse(source);
  } catch (cause) {
    throw refuse(`${name} is not valid JSON.`, cause);
  }
}
