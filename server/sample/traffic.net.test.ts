import { expect, it } from "vitest";
import { startLegacyServer, startModernServer } from "#lib/testing/mcp/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { runTraffic, type Scenario } from "./traffic.ts";

/** Runs traffic with pauses that end at once, until `roundsMax` of them were asked for. */
const run = async (
  url: string,
  scenarios: Scenario[],
  roundsMax: number,
  onPause: () => Promise<unknown> = async () => undefined,
) => {
  const stop = new AbortController();
  const log = recordingLog();
  const pauses: number[] = [];
  let calls = 0;
  await runTraffic({
    url,
    log,
    signal: stop.signal,
    random: () => 0.5,
    next: () => scenarios[calls++ % scenarios.length] ?? { tool: "echo", arguments: {} },
    pause: async (ms) => {
      pauses.push(ms);
      await onPause();
      if (pauses.length >= roundsMax) stop.abort();
    },
  });
  return { log, pauses, calls };
};

const ECHO: Scenario = { tool: "echo", arguments: { text: "hello" } };
const FAIL: Scenario = { tool: "fail", arguments: {} };

it("speaks both eras in turn, under its own name, and takes a tool's error as an answer", async () => {
  const server = await startModernServer();
  const { log, pauses, calls } = await run(server.url, [ECHO, FAIL], 6);
  expect(calls).toBe(6);
  expect(pauses).toEqual([4_000, 4_000, 4_000, 4_000, 4_000, 4_000]);
  expect(log.entries).toEqual([]);
  const versions = new Set(server.seen.map((headers) => headers["mcp-protocol-version"] ?? "none"));
  expect([...versions].some((version) => version === "2026-07-28")).toBe(true);
  expect(versions.size).toBeGreaterThan(1);
  await server.close();
});

it("works with a server that keeps sessions", async () => {
  const server = await startLegacyServer();
  const { log, calls } = await run(server.url, [ECHO], 4);
  expect(calls).toBe(4);
  expect(log.entries).toEqual([]);
  await server.close();
});

it("tries an unreachable server ever more rarely, and says so once", async () => {
  const server = await startModernServer();
  await server.close();
  const { log, pauses } = await run(server.url, [ECHO], 9);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(log.entries.map((entry) => entry.level)).toEqual(["warn"]);
});
