import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createIdSource } from "#lib/kernel/ids.ts";
import { recordingLog } from "#lib/testing/index.ts";
import type { RequestFact, UpstreamCallFact } from "../observation/index.ts";
import { createTracing } from "./index.ts";

const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(z.object({ key: z.string(), value: z.unknown() })) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number(),
              startTimeUnixNano: z.string(),
              endTimeUnixNano: z.string(),
              status: z.object({ code: z.number(), message: z.string().optional() }),
              attributes: z.array(z.object({ key: z.string(), value: z.unknown() })),
            }),
          ),
        }),
      ),
    }),
  ),
});

const ids = createIdSource();
let log = recordingLog();
const AT_MS = Date.UTC(2026, 10, 20, 12, 0, 0);
const CLIENT = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", parentSpanId: "00f067aa0ba902b7" };

function requestFact(changes: Partial<RequestFact> = {}): RequestFact {
  const id = ids.uuid(AT_MS);
  return {
    id,
    organizationId: "org_1",
    serverId: "srv_1",
    versionId: null,
    requestId: id,
    outcome: "ok",
    kind: "request",
    era: "modern",
    method: "tools/call",
    tool: "refund",
    source: "external",
    clientName: null,
    clientVersion: null,
    sessionHash: null,
    agentId: null,
    gatewayId: null,
    httpStatus: 200,
    rpcErrorCode: null,
    error: null,
    durationMs: 120,
    requestBytes: 10,
    responseBytes: 20,
    decision: null,
    retentionDays: 7,
    ...CLIENT,
    ...changes,
  };
}

const upstreamFact = (requestId: string): UpstreamCallFact => ({
  organizationId: "org_1",
  serverId: "srv_1",
  versionId: null,
  requestId,
  startedAtMs: AT_MS + 10,
  method: "GET",
  url: "https://tickets.example/api/1",
  httpStatus: 200,
  outcome: "ok",
  error: null,
  durationMs: 50,
  requestBytes: 0,
  responseBytes: 2,
});

let collector: Server;
let url: string;
let headers: unknown;
const received: z.infer<typeof Export>[] = [];
const spans = () =>
  received.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );

beforeEach(async () => {
  received.length = 0;
  log = recordingLog();
  collector = createServer(async (req, res) => {
    headers = { path: req.url, authorization: req.headers.authorization };
    received.push(Export.parse(await json(req)));
    res.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterEach(() => {
  collector.closeAllConnections();
  collector.close();
});

const open = () =>
  createTracing({
    url,
    headers: { authorization: "Bearer c" },
    version: "1.0.0",
    node: "n",
    region: "r",
    ids,
    log,
  });

describe("calls as spans", () => {
  it("continue the trace of their client, with the outbound calls below them", async () => {
    const tracing = open();
    const fact = requestFact();
    tracing.sink.upstreamCall(upstreamFact(fact.requestId));
    tracing.sink.request(fact);
    await tracing.close();
    expect(headers).toEqual({ path: "/v1/traces", authorization: "Bearer c" });
    const [call, upstream] = spans();
    const ownSpanId = fact.id.replaceAll("-", "").slice(16);
    expect(call).toMatchObject({ ...CLIENT, spanId: ownSpanId, name: "tools/call refund", kind: 2 });
    expect(call?.startTimeUnixNano).toBe(String(BigInt(AT_MS) * 1_000_000n));
    expect(call?.endTimeUnixNano).toBe(String(BigInt(AT_MS + 120) * 1_000_000n));
    expect(upstream).toMatchObject({
      traceId: CLIENT.traceId,
      parentSpanId: ownSpanId,
      name: "GET tickets.example",
      kind: 3,
    });
    expect(new Set(spans().map((span) => span.spanId)).size).toBe(2);
  });

  it("begin a trace where the client sent none, and say what failed", async () => {
    const tracing = open();
    const made = requestFact({
      traceId: null,
      parentSpanId: null,
      outcome: "timeout",
      error: "It took too long.",
    });
    tracing.sink.request(made);
    await tracing.close();
    const [call] = spans();
    expect(call).toMatchObject({
      traceId: made.requestId.replaceAll("-", ""),
      status: { code: 2, message: "It took too long." },
    });
    expect(call?.parentSpanId ?? "").toBe("");
  });

  it("cost a caller nothing while the collector is away", async () => {
    collector.closeAllConnections();
    collector.close();
    const tracing = open();
    for (let n = 0; n < 10_000; n++) tracing.sink.request(requestFact());
    await tracing.close();
    expect(received).toEqual([]);
    const told = log.entries.filter(({ message }) => message.includes("takes no spans"));
    expect(told).toHaveLength(1);
  });
});
