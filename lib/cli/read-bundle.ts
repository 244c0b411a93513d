import { lstat, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { strToU8, zipSync } from "fflate";
import { limits } from "#lib/kernel/limits.ts";
import { CliError, usageError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

/** Code as it is uploaded. */
export interface LocalBundle {
  bytes: Uint8Array;
  contentType: "text/javascript" | "application/zip";
  /** What `package.json` calls its version; null without one. */
  version: string | null;
}

const MODULE = /\.[mc]?js$/;
/** Modules that code may import besides scripts. */
const DATA = /\.json$/;
/** Files of the tools around the code, which the code never imports. */
const TOOLING = /^(package(-lock)?|npm-shrinkwrap|tsconfig(\.[\w-]+)?|biome|deno)\.json$/;
/** What the platform takes as the main module, at the top of a bundle. */
const MAIN = /^(main|index|worker)\.m?js$/;
const FOLDERS_MAX = 1_000;

/**
 * One ES module, a zip as it is, or a directory: its modules as a zip, without `node_modules` and names that begin with
 * a dot; `package.json` says version and main module. Throws a usage error for what is no bundle, and CliError `limit`
 * for what is too large.
 */
export async function readBundle(target: string): Promise<LocalBundle> {
  const found = await stat(target).catch(() => null);
  if (!found) throw usageError(`There is no file or directory ${JSON.stringify(target)}.`);
  if (found.isDirectory()) return readDirectory(target);
  if (!found.isFile()) throw usageError(`${JSON.stringify(target)} is neither a file nor a directory.`);
  const isZip = target.toLowerCase().endsWith(".zip");
  if (!isZip && !MODULE.test(target))
    throw usageError(
      `${JSON.stringify(target)} is no .js or .mjs module, no zip and no directory.`,
      "Build the code into one ES module, then deploy that.",
    );
  requireFits(found.size);
  return {
    bytes: await readFile(target),
    contentType: isZip ? "application/zip" : "text/javascript",
    version: null,
  };
}

async function readDirectory(root: string): Promise<LocalBundle> {
  const { version, main } = await readManifest(root);
  const files = await collect(root);
  const names = Object.keys(files);
  if (!names.some((name) => MODULE.test(name)))
    throw usageError(
      `${JSON.stringify(root)} holds no .js or .mjs module.`,
      "Build the code first, then deploy the directory with the result. Symbolic links are not followed.",
    );
  if (main !== null) pointAt(main, files);
  return { bytes: zipSync(files, { level: 6 }), contentType: "application/zip", version };
}

/** Makes `main` of package.json the main module of the bundle, when its own name does not already say so. */
function pointAt(main: string, files: Record<string, Uint8Array>): void {
  const name = path.posix.normalize(main);
  if (!(name in files))
    throw usageError(
      `package.json names ${JSON.stringify(main)} as its main module, but that is not among the modules.`,
      "Build the code first, or correct main.",
    );
  if (MAIN.test(name) && !("main.js" in files && name !== "main.js")) return;
  if ("main.js" in files)
    throw usageError(
      `package.json names ${JSON.stringify(main)} as its main module, but main.js beside it would be taken.`,
      "Rename main.js, or name it in package.json.",
    );
  const target = JSON.stringify(`./${name}`);
  files["main.js"] = strToU8(`export * from ${target};\nexport { default } from ${target};\n`);
}

async function readManifest(root: string): Promise<{ version: string | null; main: string | null }> {
  const text = await readFile(path.join(root, "package.json"), "utf8").catch(() => null);
  if (text === null) return { version: null, main: null };
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw usageError(`${path.join(root, "package.json")} is not JSON.`);
  }
  const { version, main } = (manifest ?? {}) as { version?: unknown; main?: unknown };
  return {
    version: typeof version === "string" ? version : null,
    main: typeof main === "string" && main !== "" ? main : null,
  };
}

/** The modules below `root` by their path with forward slashes. Links are not followed. */
async function collect(root: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const folders = [""];
  let count = 0;
  let bytes = 0;
  for (let index = 0; index < folders.length; index++) {
    const folder = folders[index] ?? "";
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      const isModule = MODULE.test(entry.name) || (DATA.test(entry.name) && !TOOLING.test(entry.name));
      if (!entry.isFile() || !isModule) continue;
      count += 1;
      bytes += (await lstat(path.join(root, name))).size;
      requireFits(bytes, count);
      files[name] = await readFile(path.join(root, name));
    }
    if (folders.length > FOLDERS_MAX)
      throw usageError(
        `${JSON.stringify(root)} has too many folders to be a bundle.`,
        "Deploy the built code only.",
      );
  }
  return files;
}

function requireFits(bytes: number, count = 1): void {
  const { bundleBytesMax, bundleModulesMax } = limits.http;
  if (bytes <= bundleBytesMax && count <= bundleModulesMax) return;
  throw new CliError(
    EXIT.limit,
    `A bundle may hold at most ${bundleModulesMax} modules with ${bundleBytesMax} bytes together.`,
    "Deploy the built code only; a bundler makes one module of it.",
  );
}
