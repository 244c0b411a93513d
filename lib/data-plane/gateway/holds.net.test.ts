import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMeter, type Meter } from "#lib/data-plane/metering/index.ts";
import { type ModelStore, modelStore } from "#lib/data-plane/metering/testing/one-node.ts";
import type { LeaseStore } from "#lib/domain/ledger/index.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type FakeClock, fakeClock } from "#lib/testing/fake-clock.ts";
import {
  openRequest,
  rawRequest,
  responseOf,
  type ScriptedUpstream,
  serverEntry,
  sseEvent,
  startLegacySession,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
  toolCall,
  toolResult,
} from "#lib/testing/mcp/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";

const EVENTS = { "content-type": "text/event-stream" };
const JSON_TYPE = { "content-type": "application/json" };
const PRICES = { perCallMicros: 10n, per100MsMicros: 0n, per64KibMicros: 1n };

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let meter: Meter;
let store: ModelStore<FakeClock>;
/** How often the ledger was asked; and what lets it answer, once it is held back. */
let asked: number;
let letTripsGo: (() => void) | null;

beforeEach(async () => {
  upstream = await startScriptedUpstream();
  store = modelStore([[{ kind: "organization", id: "" }, 10_000n]], fakeClock());
  letTripsGo = null;
  asked = 0;
  let gate = Promise.resolve();
  const slow: LeaseStore = {
    ...store,
    take: async (request) => {
      asked++;
      await gate;
      return store.take(request);
    },
  };
  holdTripsBack = () => {
    gate = new Promise((resolve) => {
      letTripsGo = resolve;
    });
  };
  gateway = await startTestGateway({
    entries: [
      serverEntry("tool", {
        kind: "connected",
        version: null,
        upstreamUrl: upstream.url,
        plan: { priceVersion: "metered@1", prices: PRICES, isPriced: true },
        caps: {
          toolCallDurationMsMax: 400,
          requestBytesMax: 100_000,
          responseBytesMax: 100_000,
          viewersMax: 1,
        },
      }),
    ],
    meter: (directory) => {
      meter = createMeter({
        store: slow,
        directory,
        clock: store.clock,
        log: recordingLog(),
        node: "node-1",
        epoch: "life-1",
        liveNodes: () => 1,
        onLoop: () => undefined,
      });
      return meter;
    },
  });
});
afterEach(async () => {
  letTripsGo?.();
  await gateway.close();
  await upstream.close();
});
let holdTripsBack: () => void;

async function begin(body: object, headers: Record<string, string> = {}) {
  const req = openRequest(gateway.mcp("tool"), { headers });
  req.on("error", () => undefined);
  const response = responseOf(req);
  response.catch(() => undefined);
  req.end(JSON.stringify(body));
  return { req, response, seen: await upstream.next() };
}
const verdicts = () =>
  gateway.facts.filter(({ tool }) => tool !== null).map(({ billing }) => billing?.verdict);
const nothingHeld = () => expect(meter.stats()).toMatchObject({ holds: 0, heldMicros: 0n });

describe("what a call set aside", () => {
  it("is billed in part and given back in part when the call is answered", async () => {
    const { response, seen } = await begin(toolCall(1));
    expect(meter.stats()).toMatchObject({ holds: 1, heldMicros: 12n });
    seen.res.writeHead(200, JSON_TYPE).end(JSON.stringify(toolResult(1)));
    (await response).resume();
    const fact = await gateway.fact(({ tool }) => tool === "echo");
    expect(fact.billing).toMatchObject({
      verdict: "billed",
      charge: { amountMicros: "11", priceVersion: "metered@1" },
    });
    nothingHeld();
  });

  it.each([
    [
      "its client leaves",
      async ({ req, seen }: Awaited<ReturnType<typeof begin>>) => {
        req.destroy();
        await seen.closed;
      },
    ],
    ["it lasts too long", async ({ response }) => void (await response).resume()],
    [
      "its answer is too large",
      async ({ seen, response }) => {
        seen.res.writeHead(200, { ...JSON_TYPE, "content-length": 200_000 }).end("x".repeat(200_000));
        (await response).resume();
      },
    ],
    ["the upstream breaks", async ({ seen }) => void seen.res.destroy()],
    ["the edge stops", async () => gateway.gateway.close(0)],
  ] as [string, (call: Awaited<ReturnType<typeof begin>>) => Promise<void>][])(
    "comes back whole when %s",
    async (_what, end) => {
      await end(await begin(toolCall(1)));
      await gateway.fact(({ tool }) => tool === "echo");
      expect(verdicts()).toEqual(["zero_rated:platform_fault"]);
      nothingHeld();
    },
  );

  it("comes back when the server refuses the message", async () => {
    const { response, seen } = await begin(toolCall(1));
    const error = { code: -32602, message: "no such tool" };
    seen.res.writeHead(200, JSON_TYPE).end(JSON.stringify({ jsonrpc: "2.0", id: 1, error }));
    (await response).resume();
    await gateway.fact(({ tool }) => tool === "echo");
    expect(verdicts()).toEqual(["zero_rated:refused"]);
    nothingHeld();
  });

  it("is never set aside for a client that left while the ledger was asked", async () => {
    holdTripsBack();
    const req = openRequest(gateway.mcp("tool"));
    req.on("error", () => undefined);
    req.end(JSON.stringify(toolCall(1)));
    await eventually(() => expect(asked).toBe(1));
    req.destroy();
    await new Promise((resolve) => req.once("close", resolve));
    letTripsGo?.();
    expect((await gateway.fact(({ tool }) => tool === "echo")).outcome).toBe("canceled");
    nothingHeld();
  });

  it("stays until the answer of a call comes on another stream, which is billed", async () => {
    const session = {
      "mcp-session-id": await startLegacySession(gateway.mcp("tool"), upstream, "session-1"),
    };
    const { req, response, seen } = await begin(toolCall(9), session);
    seen.res.writeHead(200, EVENTS).write("id: 1\ndata: \n\n");
    await new Promise((resolve) => response.then((res) => res.once("data", resolve)));
    req.destroy();
    await seen.closed;
    expect(meter.stats().holds).toBe(1);
    const again = openRequest(gateway.mcp("tool"), {
      method: "GET",
      headers: { ...session, accept: "text/event-stream", "last-event-id": "1" },
    });
    const resumed = responseOf(again);
    again.end();
    (await upstream.next()).res.writeHead(200, EVENTS).end(sseEvent(toolResult(9), "2"));
    (await resumed).resume();
    expect((await gateway.fact(({ tool }) => tool === "echo")).billing?.verdict).toBe("billed");
    nothingHeld();
  });

  it("is billed for each call of a batch, whose answers share what was sent", async () => {
    const answer = rawRequest(gateway.mcp("tool"), {
      headers: { "mcp-protocol-version": "2025-03-26" },
      body: [toolCall(1), { jsonrpc: "2.0", id: 2, method: "ping" }, toolCall(3)],
    });
    const seen = await upstream.next();
    expect(meter.stats().holds).toBe(2);
    const answers = [toolResult(1), { jsonrpc: "2.0", id: 2, result: {} }, toolResult(3)];
    seen.res.writeHead(200, JSON_TYPE).end(JSON.stringify(answers));
    await answer;
    await gateway.fact(({ method }) => method === "ping");
    await eventually(() => expect(gateway.facts).toHaveLength(3));
    expect(gateway.facts.map(({ billing }) => billing?.charge?.units ?? null)).toEqual([
      { calls: 1, hundredMs: expect.any(Number), kib64: 1 },
      null,
      { calls: 1, hundredMs: expect.any(Number), kib64: 1 },
    ]);
    nothingHeld();
  });
});
