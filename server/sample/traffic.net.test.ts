import { expect, it } from "vitest";
import {
  gatewayEntry,
  grantEntry,
  startLegacyServer,
  startModernServer,
  startTestGateway,
  testKey,
} from "#lib/testing/mcp/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { runTraffic, type Scenario } from "./traffic.ts";

/** Runs traffic with pauses that end at once, until `roundsMax` of them were asked for. */
const run = async (
  url: string,
  scenarios: Scenario[],
  roundsMax: number,
  onPause: () => Promise<unknown> = async () => undefined,
  headers: Record<string, string> = {},
) => {
  const stop = new AbortController();
  const log = recordingLog();
  const pauses: number[] = [];
  let calls = 0;
  await runTraffic({
    url,
    headers,
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

it("presents its key, and takes a refusal that it expects as an answer", async () => {
  const upstream = await startModernServer();
  const key = testKey("partner", { gatewayId: "gw_1" });
  const gateway = await startTestGateway({
    runtimes: { desk: upstream.url },
    attached: { desk: { id: "gw_1", publicId: "desk-public" } },
    gateways: [gatewayEntry("gw_1", { access: ["key"], grants: [grantEntry("grt_1", { tools: ["echo"] })] })],
    keys: [key],
  });
  const denied: Scenario = { ...FAIL, isDenied: true };
  const headers = { authorization: `Bearer ${key.secret}` };
  const { log, pauses } = await run(gateway.through("desk-public"), [ECHO, denied], 6, undefined, headers);
  expect(pauses).toEqual([4_000, 4_000, 4_000, 4_000, 4_000, 4_000]);
  expect(log.entries).toEqual([]);
  const decided = gateway.facts.filter(({ tool }) => tool !== null).map(({ decision }) => decision?.reason);
  expect(new Set(decided)).toEqual(new Set(["allowed", "grant_missing_for_tool"]));
  await gateway.close();
  await upstream.close();
});
