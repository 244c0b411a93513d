// Fails when the JavaScript that a first visit to a page loads, gzipped, is over the bar; names the page and its size.
// Read from the manifests of the build in `.next`.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const GZIP_KIB_MAX = 200;
const MANIFEST = "page_client-reference-manifest.js";
/** Gzipped bytes by file: pages share most of them. */
const sizes = new Map();
const build = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), ".next");

const { rootMainFiles } = JSON.parse(readFileSync(path.join(build, "build-manifest.json"), "utf8"));
const pages = readdirSync(path.join(build, "server", "app"), { recursive: true })
  .filter((file) => path.basename(file) === MANIFEST)
  .map((file) => {
    const page = path.dirname(file);
    const files = filesOf(path.join(build, "server", "app", file));
    const bytes = [...rootMainFiles, ...files].reduce((sum, name) => sum + gzipBytesOf(name), 0);
    return { page, ownFiles: files.size, kib: bytes / 1024 };
  })
  .sort((one, other) => other.kib - one.kib);
// A build that writes its manifests in another way must not pass for a small one.
if (rootMainFiles.length === 0 || !pages.some(({ ownFiles }) => ownFiles > 0))
  throw new Error("The build's manifests name no files of pages: they are written in another way now.");

const tooLarge = pages.filter(({ kib }) => kib > GZIP_KIB_MAX);
for (const { page, kib } of tooLarge.length > 0 ? tooLarge : pages.slice(0, 1))
  console.log(`${kib.toFixed(1)} KiB of ${GZIP_KIB_MAX}: ${page}`);
if (tooLarge.length > 0) {
  console.error("Load late what these pages do not need first: dialogs, drawers, charts below the fold.");
  process.exitCode = 1;
}

/** What the page, its layouts and their error boundaries load; what stands in for a missing page comes when it is missing. */
function filesOf(manifest) {
  const context = {};
  vm.runInNewContext(readFileSync(manifest, "utf8"), context);
  const [{ entryJSFiles }] = Object.values(context.__RSC_MANIFEST);
  const entries = Object.entries(entryJSFiles).filter(([name]) => !/\/(not-found|global-error)$/.test(name));
  return new Set(entries.flatMap(([, files]) => files));
}

function gzipBytesOf(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(path.join(build, file))).length);
  return sizes.get(file);
}
