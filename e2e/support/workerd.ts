import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

/** The path of the executable, which the package exports without types. */
const { default: workerd } = createRequire(import.meta.url)("workerd") as { default: string };
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = (
  modules = [(name = "main.js", esModule = embed "main.js")], compatibilityDate = "2026-01-01"))]);
`;

/** What workerd itself says about a module that it does not load, without our product around it. */
export function wordsOfWorkerd(source: string): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-e2e-workerd-"));
  try {
    writeFileSync(path.join(directory, "main.js"), source);
    writeFileSync(path.join(directory, "config.capnp"), CONFIG);
    const { stderr } = spawnSync(workerd, ["serve", "config.capnp"], { cwd: directory, encoding: "utf8" });
    return stderr.replace(/^service main: /, "").trim();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
