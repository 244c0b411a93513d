import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  startTestInstallation,
  type TestInstallation,
  type TestInstallationOptions,
} from "#lib/testing/installation.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const ENSURE_BUILD = path.join(ROOT, "scripts/ensure-build.mjs");
const COMPILE_CACHE = path.join(ROOT, "node_modules/.cache/node");

/** For those who know that the build is good enough, e.g. while others work on the pages. */
const NO_BUILD = "--no-build";

/** The whole product as a user starts it, built before when something changed, and serving. */
export async function startBuiltProduct(
  options: readonly string[],
  installationOptions: TestInstallationOptions,
): Promise<TestInstallation> {
  if (!options.includes(NO_BUILD)) {
    const { status } = spawnSync(process.execPath, [ENSURE_BUILD], { stdio: "inherit" });
    if (status !== 0) throw new Error("the product cannot be built");
  }
  const installation = await startTestInstallation({
    ...installationOptions,
    // As `npm start` does.
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...installationOptions.env },
  });
  await installation.untilPrinted(/MCP Stack runs at/);
  return installation;
}

/** Who may sign in to the sample organization `acme`. */
export function sampleOwner({ dataDir }: TestInstallation): { email: string; password: string } {
  return JSON.parse(readFileSync(path.join(dataDir, "sample-owner.json"), "utf8"));
}
