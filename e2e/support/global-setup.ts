import { readFileSync } from "node:fs";
import path from "node:path";
import { removeInstallation, startTestInstallation } from "../../lib/testing/installation.ts";
import { shareInstance } from "./instance.ts";

/** Starts the built product with its sample; the returned function stops it and fails when a process is left behind. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const installation = await startTestInstallation();
  await installation.untilPrinted(/MCP Stack runs at/);
  const owner = JSON.parse(readFileSync(path.join(installation.dataDir, "sample-owner.json"), "utf8")) as {
    email: string;
    password: string;
  };
  shareInstance({ url: installation.url, dataDir: installation.dataDir, owner });
  return async () => {
    const exitCode = await installation.stop();
    if (exitCode !== 0) throw new Error(`It ended with code ${exitCode}:\n${installation.output()}`);
    removeInstallation(installation);
  };
}
