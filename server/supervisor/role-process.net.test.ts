import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { isProcessAlive } from "#lib/db/embedded/index.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import type { PartState } from "../role.ts";
import { type RoleProcess, superviseRole } from "./role-process.ts";

const FIXTURE = path.join(import.meta.dirname, "fixtures", "role.mjs");
let running: RoleProcess[] = [];
afterEach(() => {
  for (const role of running) role.kill();
  running = [];
});

const supervise = (behaviour: string, drainMs = 1_000) => {
  const events: string[] = [];
  const pids: number[] = [];
  const waiting: (() => void)[] = [];
  const add = (event: string) => {
    events.push(event);
    for (const wake of waiting.splice(0)) wake();
  };
  const log = recordingLog();
  const role = superviseRole({
    name: "test",
    args: [FIXTURE, behaviour],
    environment: () => process.env,
    drainMs,
    log,
    onLine: (stream, line) => add(`${stream}: ${line}`),
    onState: (state: PartState) => add(state),
    onSpawn: (pid) => pids.push(pid),
    onAnnounce: (details) => add(`announced ${JSON.stringify(details)}`),
    onGivenUp: (reason) => add(`given up: ${reason}`),
  });
  running.push(role);
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const seen = (event: string, times = 1) =>
    until(() => events.filter((one) => one === event).length >= times);
  return { role, events, pids, log, seen, until };
};

it("says when the role serves, passes on what it says, and tells it things", async () => {
  const { role, seen } = supervise("serve");
  await seen("ready");
  await seen('announced {"hello":"serve"}');
  role.send({ type: "parts", parts: { database: "ready" } });
  await seen('stdout: told {"type":"parts","parts":{"database":"ready"}}');
  await role.stop();
  expect(role.pid()).toBe(null);
  expect(role.state()).toBe("down");
});

it("starts a killed role again", async () => {
  const { role, pids, log, seen } = supervise("serve");
  await seen("ready");
  process.kill(pids[0] ?? 0, "SIGKILL");
  await seen("ready", 2);
  expect(role.pid()).toBe(pids[1]);
  expect(log.entries.find((entry) => entry.level === "error")?.fields).toMatchObject({ reason: "SIGKILL" });
  await role.stop();
});

it("gives up on a role that never served, after a bounded number of tries, and has its last words", async () => {
  const { pids, seen, events } = supervise("crash");
  await seen("given up: code 3");
  expect(pids).toHaveLength(4);
  expect(events).toContain("stderr: Error: nothing works");
});

it("leaves nothing behind of a role that does not listen, nor of what it started", async () => {
  const { role, pids, events, seen, until } = supervise("stubborn", 50);
  await seen("ready");
  await until(() => events.some((event) => event.startsWith("stdout: helper")));
  const helper = Number(events.find((event) => event.startsWith("stdout: helper"))?.split(" ")[2]);
  expect(isProcessAlive(helper)).toBe(true);
  await role.stop();
  expect(isProcessAlive(pids[0] ?? 0)).toBe(false);
  await eventually(() => expect(isProcessAlive(helper)).toBe(false));
});

it("ends what a killed role started, so that the next one finds a clean place", async () => {
  const { pids, events, seen, until } = supervise("stubborn");
  await seen("ready");
  await until(() => events.some((event) => event.startsWith("stdout: helper")));
  const helper = Number(events.find((event) => event.startsWith("stdout: helper"))?.split(" ")[2]);
  process.kill(pids[0] ?? 0, "SIGKILL");
  await seen("ready", 2);
  await eventually(() => expect(isProcessAlive(helper)).toBe(false));
});
