// Installs the dependencies when they are missing or older than the lock file. Plain JavaScript for Node 18 and
// newer: it runs before the Node that the product needs is installed (that one is a dependency).
import { spawnSync } from "node:child_process";
import { statSync, utimesSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const lock = path.join(root, "package-lock.json");
/** npm's own record of what it installed, written at the end of an install. */
const installed = path.join(root, "node_modules", ".package-lock.json");

const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (timeOf(installed) < timeOf(lock) || timeOf(installed) === 0) {
  console.log("Installing dependencies …");
  // Not `npm ci`: it refuses a lock file that was made where some other platform's packages were not to be had.
  const args = ["install", "--no-audit", "--no-fund", "--include=dev", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const result = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: "inherit" })
    : spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) {
    console.error(
      `The dependencies could not be installed${result.error ? `: ${result.error.message}` : ""}. See above for npm's reason; ` +
        "mostly it is the network, the registry, or a directory that this user may not write.",
    );
    process.exit(1);
  }
  // npm may have written the lock file after its record; what counts is that they belong together now.
  const now = new Date();
  utimesSync(installed, now, now);
}
