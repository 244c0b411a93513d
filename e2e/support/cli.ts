import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const COMMAND = path.resolve(import.meta.dirname, "../../bin/mcpstack.mjs");

export interface CliLogin {
  url: string;
  organization: string;
  token: string;
}

export interface CliRun {
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Waits for the end and answers the exit code. */
  ended(): Promise<number | null>;
}

/** Starts `mcpstack` as a process of its own, signed in by its environment, with no configuration of this machine. */
export function startCli(login: CliLogin, ...args: string[]): CliRun {
  const home = mkdtempSync(path.join(os.tmpdir(), "mcpstack-e2e-cli-"));
  const child = spawn(process.execPath, [COMMAND, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      HOME: home,
      XDG_CONFIG_HOME: home,
      MCPSTACK_API_URL: login.url,
      MCPSTACK_ORG_ID: login.organization,
      MCPSTACK_API_KEY: login.token,
    },
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, "close").then(([code]) => {
    rmSync(home, { recursive: true, force: true });
    return code as number | null;
  });
  return {
    process: child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended: () => ended,
  };
}

/** Runs `mcpstack` to its end. */
export async function runCli(
  login: CliLogin,
  ...args: string[]
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const run = startCli(login, ...args);
  const exitCode = await run.ended();
  return { exitCode, stdout: run.stdout(), stderr: run.stderr() };
}
