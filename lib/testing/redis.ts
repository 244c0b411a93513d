import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import os from "node:os";
import path from "node:path";

/** Whether this machine has a Redis to test against. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

/** A Redis of the test's own on a free port of loopback, which keeps nothing. */
export interface TestRedis {
  url: string;
  /** Holds its breath: it keeps connections and answers nothing, until it goes on. */
  pause(): void;
  goOn(): void;
  /** Ends it as a crash would. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. Resolves when it answers. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts `redis-server`; only where `hasRedis`. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-redis-"));
  let child = await startChild(port, directory);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill("SIGSTOP"),
    goOn: () => void child.kill("SIGCONT"),
    kill,
    restart: async () => {
      child = await startChild(port, directory);
    },
    close: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function startChild(port: number, directory: string): Promise<ChildProcess> {
  const child = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      if (said.includes("Ready to accept connections")) resolve(child);
    });
    child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}: ${said}`)));
  });
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
