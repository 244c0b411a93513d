// Builds the sample server and the pages when there is no build or something they are made of is newer.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, "node_modules", ".bin");
const env = {
  ...process.env,
  PATH: `${bin}${path.delimiter}${process.env.PATH}`,
  NEXT_TELEMETRY_DISABLED: "1",
};
const NODE_MAJOR_MIN = 24;
/** What the pages are made of. */
const PAGE_SOURCES = [
  "app",
  "components",
  "lib",
  "drizzle/schema",
  "public",
  "next.config.ts",
  "postcss.config.mjs",
  "proxy.ts",
  "tsconfig.json",
  "package-lock.json",
];

requireNode();
for (const sample of listSamples()) {
  const made = path.join("samples", sample, "dist");
  if (newest([path.join("samples", sample), "package-lock.json"]) > newest([made], { oldest: true })) {
    build(`the sample ${sample}`, "node", [path.join("samples", sample, "build.mjs")]);
  }
}
// Written at the end: a build that failed or was interrupted has its BUILD_ID already, and would be served in part.
if (newest(PAGE_SOURCES) > newest([path.join(".next", "prerender-manifest.json")])) {
  build("the pages (once, some 20 s)", "next", ["build"], { NODE_ENV: "production" });
}

/** Newer machines have it, others get it as a dependency; where neither is so, say it before something obscure does. */
function requireNode() {
  const result = spawnSync("node", ["--version"], { env, encoding: "utf8" });
  const version = result.stdout?.trim() ?? "";
  if (Number(version.slice(1).split(".")[0]) >= NODE_MAJOR_MIN) return;
  console.error(
    `MCP Stack needs Node ${NODE_MAJOR_MIN} or newer on this platform; found ${version || "none"}.`,
  );
  process.exit(1);
}

function listSamples() {
  const directory = path.join(root, "samples");
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => existsSync(path.join(directory, name, "build.mjs")));
}

function build(what, command, args, extraEnv = {}) {
  console.log(`Building ${what} …`);
  const result = spawnSync(command, args, { cwd: root, env: { ...env, ...extraEnv }, encoding: "utf8" });
  if (result.status === 0) return;
  console.error(`${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`);
  console.error(`Building ${what} failed. Its output is above.`);
  process.exit(1);
}

/** The time of the newest (or oldest) file below `entries`, directories included, because removing a file changes only those. 0 when there is none. */
function newest(entries, { oldest = false } = {}) {
  const times = entries.flatMap((entry) => timesBelow(path.join(root, entry)));
  if (times.length === 0) return 0;
  return oldest ? Math.min(...times) : Math.max(...times);
}

function timesBelow(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return /\.test\.tsx?$/.test(file) ? [] : [found.mtimeMs];
  const inside = readdirSync(file).filter((name) => name !== "dist" && name !== "node_modules");
  return [found.mtimeMs, ...inside.flatMap((name) => timesBelow(path.join(file, name)))];
}
