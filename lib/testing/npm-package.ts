import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const CACHE = path.resolve(import.meta.dirname, "../../node_modules/.cache/mcpstack-npm");
const INSTALL_MS_MAX = 300_000;

/**
 * The directory of an npm package at an exact version, installed on demand beside the project's own dependencies and
 * kept for the next run. npm's own settings say where from. No install script is run.
 */
export async function npmPackage(name: string, version: string): Promise<string> {
  const home = path.join(CACHE, `${name.replaceAll("/", "+")}@${version}`);
  const directory = path.join(home, "node_modules", name);
  if (existsSync(directory)) return directory;
  process.stderr.write(`Installing ${name}@${version} …\n`);
  await mkdir(CACHE, { recursive: true });
  const making = await mkdtemp(path.join(CACHE, "making-"));
  try {
    await writeFile(path.join(making, "package.json"), '{"private":true}');
    const [command, ...before] = process.env.npm_execpath
      ? [process.execPath, process.env.npm_execpath]
      : ["npm"];
    await promisify(execFile)(
      command ?? "npm",
      [
        ...before,
        ...["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        `${name}@${version}`,
      ],
      { cwd: making, timeout: INSTALL_MS_MAX },
    );
    // Whoever was faster has made the same.
    if (!existsSync(home)) await rename(making, home);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return directory;
}
