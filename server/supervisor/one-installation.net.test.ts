import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isProcessAlive } from "#lib/db/embedded/index.ts";
import { takeInstanceLock } from "./instance-lock.ts";
import { freePort, requireFreePort } from "./port.ts";
import { awaitOrphans, openProcessRegister } from "./process-register.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-one-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const lockFile = () => path.join(directory, "mcpstack.lock");

/** A process that has ended, so that its number means nobody. */
const deadPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
};

it("lets only one installation use a data directory, and names the other", () => {
  const lock = takeInstanceLock(lockFile(), "http://127.0.0.1:3000");
  expect(() => takeInstanceLock(lockFile(), "http://127.0.0.1:3001")).toThrow(
    new RegExp(`already runs .*process ${process.pid}, http://127.0.0.1:3000`),
  );
  lock.release();
  takeInstanceLock(lockFile(), "x").release();
  expect(readdirSync(directory)).toEqual([]);
});

it("takes over from an installation that was killed, also when its number was given to another process", async () => {
  for (const holder of [
    { pid: await deadPid(), startMark: "1", url: "x" },
    { pid: process.pid, startMark: "another life", url: "x" },
  ]) {
    writeFileSync(lockFile(), JSON.stringify(holder));
    takeInstanceLock(lockFile(), "x").release();
  }
  writeFileSync(lockFile(), "half a li");
  takeInstanceLock(lockFile(), "x").release();
});

it("names the port that somebody else has, and goes on as soon as it is free", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  await expect(requireFreePort("127.0.0.1", port, 0)).rejects.toThrow(
    new RegExp(`Port ${port} .* is in use`),
  );
  const waiting = requireFreePort("127.0.0.1", port, 10_000);
  server.close();
  await waiting;
  await requireFreePort("127.0.0.1", await freePort(), 0);
});

it("says what is wrong with an address that is not this machine's", async () => {
  await expect(requireFreePort("192.0.2.1", 8080, 0)).rejects.toThrow(/Cannot listen on 192\.0\.2\.1:8080/);
});

it("waits for the children of a killed supervisor before it starts new ones", async () => {
  const file = path.join(directory, "processes.json");
  const child = spawn(process.execPath, ["-e", "process.stdin.on('end', () => process.exit()).resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const register = openProcessRegister(file);
  register.add("edge", child.pid ?? 0);
  register.add("web", await deadPid());
  const waiting = awaitOrphans(file);
  expect(isProcessAlive(child.pid ?? 0)).toBe(true);
  child.stdin.end();
  expect(await waiting).toBe(1);
  expect(isProcessAlive(child.pid ?? 0)).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
});
