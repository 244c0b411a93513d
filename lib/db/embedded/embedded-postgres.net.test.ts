import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type EmbeddedPostgres, isProcessAlive, startEmbeddedPostgres } from "./index.ts";
import { isProcessStopped } from "./processes.ts";

const PROGRAM = path.resolve(import.meta.dirname, "../../testing/start-embedded.ts");
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const password = "test-password";
let directory: string;
let cleanup: (() => Promise<unknown>)[];

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-pg-"));
  chmodSync(directory, 0o711);
  cleanup = [];
});
afterEach(async () => {
  for (const undo of cleanup.reverse()) await undo();
  rmSync(directory, { recursive: true, force: true });
});

const start = async (options: { namespaces?: boolean; port?: number } = {}): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ directory, password, durable: false, ...options });
  cleanup.push(() => server.stop());
  return server;
};

interface Started {
  url: string;
  pid: number;
  adopted: boolean;
  owner: string;
}

/** Starts the database from another process; answers it and what it reports. */
const startApart = async (as?: number): Promise<{ child: ChildProcess; started: Started }> => {
  const args = [PROGRAM, JSON.stringify({ directory, password, durable: false })];
  const child =
    as === undefined
      ? spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] })
      : spawn("setpriv", [`--reuid=${as}`, `--regid=${as}`, "--clear-groups", process.execPath, ...args], {
          stdio: ["pipe", "pipe", "pipe"],
        });
  cleanup.push(async () => child.kill("SIGKILL"));
  const errors = text(child.stderr);
  const line = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const ended = once(child, "exit").then(async () => {
    throw new Error(`ended early: ${await errors}`);
  });
  ended.catch(() => undefined);
  const [json] = await Promise.race([line, ended]);
  return { child, started: JSON.parse(json) as Started };
};

const query = async <Row>(url: string, statement: string): Promise<Row[]> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return (await sql.unsafe(statement)) as unknown as Row[];
  } finally {
    await sql.end();
  }
};

const untilGone = (pid: number) => eventually(() => expect(isProcessAlive(pid)).toBe(false));

describe("the embedded database", () => {
  it("starts from nothing, and is gone with its lock after stop", async () => {
    const server = await start();
    const [row] = await query<{ version: string }>(server.url, "show server_version");
    expect(JSON.stringify(row)).toContain("18.");
    await server.stop();
    expect(isProcessAlive(server.pid)).toBe(false);
    expect(existsSync(path.join(directory, "pgdata", "postmaster.pid"))).toBe(false);
  });

  it("keeps what was written over a stop and a start", async () => {
    const first = await start();
    await query(first.url, "create table kept (n int); insert into kept values (7)");
    await first.stop();
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
  });

  it("is adopted by the next start after its parent was killed", async () => {
    const { child, started } = await startApart();
    child.kill("SIGKILL");
    await once(child, "exit");
    const server = await start();
    expect(server).toMatchObject({ adopted: true, pid: started.pid, url: started.url });
  });

  it("is one server for four processes that start at once from nothing", { timeout: 90_000 }, async () => {
    const all = await Promise.all([startApart(), startApart(), startApart(), startApart()]);
    cleanup.push(async () => (await start()).stop());
    expect(new Set(all.map(({ started }) => started.pid)).size).toBe(1);
    expect(all.filter(({ started }) => !started.adopted)).toHaveLength(1);
    for (const { started } of all) expect(await query(started.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("recovers after the server itself was killed, with all that was committed", async () => {
    const server = await startEmbeddedPostgres({ directory, password });
    await query(server.url, "create table kept (n int); insert into kept values (1)");
    process.kill(server.pid, "SIGKILL");
    await untilGone(server.pid);
    expect(server.status()).toBe("gone");
    const next = await start({ port: server.port });
    expect(next.port).toBe(server.port);
    expect(await query(next.url, "select n from kept")).toEqual([{ n: 1 }]);
  });

  it("is asked whether it lets anybody in, and can be ended when it was stopped or told to shut down", async () => {
    const server = await start();
    const staying = postgres(server.url, { max: 1, onnotice: () => undefined });
    cleanup.push(() => staying.end({ timeout: 1 }));
    await staying.unsafe("create table kept (n int); insert into kept values (5)");
    expect(await server.refusal()).toBeNull();
    process.kill(server.pid, "SIGSTOP");
    await eventually(() => expect(isProcessStopped(server.pid)).toBe(true));
    expect(await server.refusal()).toContain(`kill -CONT ${server.pid}`);
    expect(server.status()).toBe("ready");
    for (const signal of ["SIGTERM", "SIGCONT"] as const) process.kill(server.pid, signal);
    await eventually(() => expect(server.status()).toBe("stopping"));
    await eventually(async () => expect(await server.refusal()).toMatch(/shutting down/));
    expect(await staying`select 1 as one`).toEqual([{ one: 1 }]);
    process.kill(server.pid, "SIGSTOP");
    await server.stop();
    expect(server.status()).toBe("gone");
    const next = await start({ port: server.port });
    expect(await query(next.url, "select n from kept")).toEqual([{ n: 5 }]);
  });

  it("is not fooled by a lock whose number now belongs to another program", async () => {
    const server = await start();
    await server.stop();
    const lock = path.join(directory, "pgdata", "postmaster.pid");
    writeFileSync(lock, `${process.pid}\n${directory}/pgdata\n0\n${server.port}\n\n127.0.0.1\n\nready\n`);
    const owner = statSync(path.join(directory, "pgdata"));
    chownSync(lock, owner.uid, owner.gid);
    expect((await start()).adopted).toBe(false);
  });

  it("says in the server's own words why it does not start", async () => {
    const server = await start();
    await server.stop();
    writeFileSync(path.join(directory, "pgdata", "PG_VERSION"), "9\n");
    await expect(start()).rejects.toThrow(/does not start[\s\S]*version/i);
  });

  it("says so when the stored password does not fit the cluster", async () => {
    const server = await start();
    await server.stop();
    await expect(startEmbeddedPostgres({ directory, password: "another" })).rejects.toThrow(/password/);
    expect(existsSync(path.join(directory, "pgdata", "postmaster.pid"))).toBe(false);
  });

  it("keeps its message file within a bound while it goes on writing", async () => {
    const server = await start();
    const log = path.join(directory, "postgres.log");
    appendFileSync(log, "x".repeat(limits.embeddedDatabase.logBytesMax + 1));
    server.keepLogSmall();
    expect(statSync(log).size).toBe(0);
    await query(server.url, "select nonsense").catch(() => undefined);
    expect(readFileSync(log, "utf8")).toMatch(/^\d{4}-.*nonsense/);
  });

  it("never writes the password into its log", async () => {
    await start();
    expect(readFileSync(path.join(directory, "postgres.log"), "utf8")).not.toContain(password);
  });
});

describe.runIf(isRoot)("started by root", () => {
  it("runs as an account of the system where there are no user namespaces, and stays with it", async () => {
    const server = await start({ namespaces: false });
    expect(server.owner).toBe("user");
    expect(statSync(path.join(directory, "pgdata")).uid).not.toBe(0);
    await server.stop();
    const later = await start();
    expect(later.owner).toBe("user");
  });

  it("takes over a cluster from the time of user namespaces when there are none any more", async () => {
    const first = await start();
    await query(first.url, "create table kept (n int); insert into kept values (3)");
    await first.stop();
    const second = await start({ namespaces: false });
    expect(await query(second.url, "select n from kept")).toEqual([{ n: 3 }]);
  });

  it("works for an ordinary user too", async () => {
    chownSync(directory, NOBODY, NOBODY);
    const { child, started } = await startApart(NOBODY);
    expect(started).toMatchObject({ owner: "self", adopted: false });
    expect(statSync(path.join(directory, "pgdata")).uid).toBe(NOBODY);
    expect(await query(started.url, "select 1 as one")).toEqual([{ one: 1 }]);
    child.kill("SIGKILL");
    await (await start()).stop();
  });

  it("tells an ordinary user who owns the cluster when it is somebody else", async () => {
    await (await start({ namespaces: false })).stop();
    chmodSync(directory, 0o777);
    await expect(startApart(NOBODY)).rejects.toThrow(/belongs to the user with id/);
  });
});
