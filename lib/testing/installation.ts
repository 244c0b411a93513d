import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");
const STOP_MS = 60_000;

/** The whole product as a user starts it, in processes of its own, with a data directory of its own. */
export interface TestInstallation {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** Waits until it printed something that matches. Throws with what it printed when it ends before. */
  untilPrinted(pattern: RegExp): Promise<void>;
  /** Asks it to stop and answers its exit code. Throws when it leaves a process behind. */
  stop(): Promise<number | null>;
}

export interface TestInstallationOptions {
  dataDir?: string;
  port?: number;
  env?: Record<string, string>;
}

/** Starts it; the pages must have been built. Wait with `untilPrinted(/MCP Stack runs at/)` until it serves. */
export async function startTestInstallation(
  options: TestInstallationOptions = {},
): Promise<TestInstallation> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), "mcpstack-e2e-"));
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [path.join(ROOT, "server", "main.ts")], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: "production",
      PORT: String(port),
      MCPSTACK_DATA_DIR: dataDir,
      ...options.env,
    },
  });
  let output = "";
  const waiting: (() => void)[] = [];
  const changed = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      changed();
    });
  }
  const ended = once(child, "exit").then(changed);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    dataDir,
    process: child,
    output: () => output,
    async untilPrinted(pattern) {
      while (!pattern.test(output)) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`It ended:\n${output}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async stop() {
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(force);
      requireNothingLeft(dataDir);
      return child.exitCode;
    },
  };
}

/** Removes the data directory of an installation that has stopped. */
export function removeInstallation(installation: Pick<TestInstallation, "dataDir">): void {
  rmSync(installation.dataDir, { recursive: true, force: true });
}

/** Throws, and kills them, when processes that work on `dataDir` are still running. Linux only; elsewhere it trusts. */
export function requireNothingLeft(dataDir: string): void {
  const left = processesOf(dataDir);
  for (const { pid } of left) process.kill(pid, "SIGKILL");
  if (left.length === 0) return;
  throw new Error(
    `Processes were left behind:\n${left.map(({ pid, command }) => `  ${pid} ${command}`).join("\n")}`,
  );
}

/** The processes that name `dataDir` in their command line or environment. */
export function processesOf(dataDir: string): { pid: number; command: string }[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({
      pid: Number(name),
      command: readOrEmpty(`/proc/${name}/cmdline`),
      environment: readOrEmpty(`/proc/${name}/environ`),
    }))
    .filter(({ command, environment }) => command.includes(dataDir) || environment.includes(`=${dataDir}`))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll("\0", " ").slice(0, 200) }));
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // The process ended between the listing and the reading, or is not ours.
    return "";
  }
}

/** A port of this machine that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
