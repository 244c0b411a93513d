import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const BUNDLE_BYTES_MAX = 5 * 1024 * 1024;

/**
 * Bundles the sample server into one ES module and answers its path. `outfile` defaults to dist/support-api.js.
 * Conditions and externals are what workerd needs; the same command works for any server of this kind.
 */
export async function buildSupportApi(outfile = join(here, "dist", "support-api.js")) {
  await mkdir(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [join(here, "src", "main.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*"],
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  const { size } = await stat(outfile);
  if (size > BUNDLE_BYTES_MAX)
    throw new Error(`The bundle is ${size} bytes; ${BUNDLE_BYTES_MAX} are allowed.`);
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = await buildSupportApi();
  console.log(`Built ${path}`);
}
