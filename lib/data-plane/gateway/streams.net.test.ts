import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type JsonRpcError,
  openRequest,
  rawRequest,
  responseOf,
  type ScriptedUpstream,
  sseEvent,
  startLegacySession,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
  toolCall,
  toolResult,
} from "#lib/testing/mcp/index.ts";

let upstream: ScriptedUpstream;
let other: ScriptedUpstream;
let gateway: TestGateway;

beforeEach(async () => {
  [upstream, other] = await Promise.all([startScriptedUpstream(), startScriptedUpstream()]);
  gateway = await startTestGateway({
    runtimes: { tool: upstream.url, neighbour: other.url },
    caps: { toolCallDurationMsMax: 400, responseBytesMax: 100_000 },
  });
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), other.close()]);
});

const EVENTS = { "content-type": "text/event-stream" };
const JSON_TYPE = { "content-type": "application/json" };

/** Sends a call and answers what both sides hold. */
async function begin(body: object, headers: Record<string, string> = {}) {
  const req = openRequest(gateway.mcp("tool"), { headers });
  req.on("error", () => undefined);
  const response = responseOf(req);
  response.catch(() => undefined);
  req.end(JSON.stringify(body));
  return { req, response, seen: await upstream.next() };
}

/** The headers of a session that was just opened; nothing of its beginning is left in the facts. */
async function sessionOf(upstreamId: string) {
  const session = await startLegacySession(gateway.mcp("tool"), upstream, upstreamId);
  await gateway.fact((fact) => fact.method === "initialize");
  gateway.facts.length = 0;
  return { "mcp-session-id": session };
}

async function readAll(res: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of res) text += String(chunk);
  return text;
}

/** The next chunk that the client gets. */
const nextChunk = (res: IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    res.once("data", (chunk: Buffer) => {
      res.pause();
      resolve(chunk.toString("utf8"));
    });
    res.resume();
  });

/** The JSON-RPC error in the last event of a stream. */
function errorEvent(text: string): JsonRpcError {
  const data = text.trimEnd().split("\n").at(-1) ?? "";
  expect(data.startsWith("data: ")).toBe(true);
  return JSON.parse(data.slice(6)) as JsonRpcError;
}

async function expectNeighbourWorks(): Promise<void> {
  const answer = rawRequest(gateway.mcp("neighbour"), { body: toolCall(1) });
  const seen = await other.next();
  seen.res.writeHead(200, JSON_TYPE).end(JSON.stringify(toolResult(1)));
  expect((await answer).status).toBe(200);
}

describe("event streams", () => {
  it("passes each event at once, without waiting for the next", async () => {
    const { response, seen } = await begin(toolCall(1));
    seen.res.writeHead(200, EVENTS).flushHeaders();
    const res = await response;
    expect(res.headers["x-accel-buffering"]).toBe("no");
    for (const step of [1, 2, 3]) {
      const event = sseEvent({ jsonrpc: "2.0", method: "notifications/progress", params: { step } });
      seen.res.write(event);
      expect(await nextChunk(res)).toBe(event);
    }
    seen.res.end(sseEvent(toolResult(1)));
    await readAll(res);
    expect(await gateway.fact((fact) => fact.tool === "echo")).toMatchObject({ outcome: "ok" });
  });

  it("adds an error event when the runtime dies in the middle, and says why", async () => {
    const { response, seen } = await begin(toolCall("call-1"));
    seen.res.writeHead(200, EVENTS).write(sseEvent({ jsonrpc: "2.0", method: "notifications/progress" }));
    const res = await response;
    await nextChunk(res);
    gateway.die("tool", { reason: "cpu_limit", message: "more than 10 s of CPU time" });
    seen.res.destroy();
    const error = errorEvent(await readAll(res));
    expect(error.id).toBe("call-1");
    expect(error.error.message).toMatch(/too much CPU time.*req_/);
    const fact = await gateway.fact((item) => item.tool === "echo");
    expect(fact).toMatchObject({ outcome: "runtime_error", httpStatus: 200 });
    expect(gateway.openLeases()).toBe(0);
    await expectNeighbourWorks();
  });

  it("closes a half event before it adds the error", async () => {
    const { response, seen } = await begin(toolCall(1));
    seen.res.writeHead(200, EVENTS).write('data: {"half');
    const res = await response;
    await nextChunk(res);
    seen.res.destroy();
    const text = await readAll(res);
    expect(text.startsWith("\n\n")).toBe(true);
    expect(errorEvent(text).id).toBe(1);
  });

  it("adds an error event when the stream ends without the answer", async () => {
    const { response, seen } = await begin(toolCall(1));
    seen.res.writeHead(200, EVENTS).end(sseEvent(toolResult(2, "the answer to something else")));
    expect(errorEvent(await readAll(await response)).error.message).toMatch(/without an answer/);
    expect((await gateway.fact((item) => item.tool === "echo")).outcome).toBe("runtime_error");
  });

  it("ends a stream that sends more than its cap with an error event", async () => {
    const { response, seen } = await begin(toolCall(1));
    seen.res.writeHead(200, EVENTS);
    const event = sseEvent({
      jsonrpc: "2.0",
      method: "notifications/message",
      params: { data: "x".repeat(10_000) },
    });
    const flood = setInterval(() => seen.res.write(event), 1);
    const text = await readAll(await response);
    clearInterval(flood);
    expect(errorEvent(text).error.data.code).toBe("payload_too_large");
    expect(text.length).toBeLessThan(120_000);
    await seen.closed;
    expect((await gateway.fact((item) => item.tool === "echo")).outcome).toBe("too_large");
  });

  it("ends a stream that lasts longer than a call may, with an error event", async () => {
    const { response, seen } = await begin(toolCall(1));
    seen.res.writeHead(200, EVENTS).flushHeaders();
    expect(errorEvent(await readAll(await response)).error.data.code).toBe("timeout");
    await seen.closed;
    expect((await gateway.fact((item) => item.tool === "echo")).outcome).toBe("timeout");
  });

  it("slows the upstream to the speed of a client that does not read", async () => {
    const req = openRequest(gateway.mcp("tool"), { method: "GET", headers: { accept: "text/event-stream" } });
    const response = responseOf(req);
    req.end();
    const seen = await upstream.next();
    seen.res.writeHead(200, EVENTS);
    const chunk = Buffer.from(`: ${"x".repeat(65_534)}\n\n`);
    let written = 0;
    const fill = (): void => {
      while (written++ < 2_000) {
        if (seen.res.write(chunk)) continue;
        seen.res.once("drain", fill);
        return;
      }
    };
    fill();
    const res = await response;
    res.pause();
    await expectNeighbourWorks();
    await expectNeighbourWorks();
    // 2,000 chunks are 125 MiB; socket buffers on the way hold a small part of that.
    const whenBlocked = written;
    expect(whenBlocked).toBeLessThan(600);
    res.resume();
    await new Promise<void>((resolve) => {
      const check = setInterval(() => {
        if (written <= whenBlocked + 100) return;
        clearInterval(check);
        resolve();
      }, 5);
    });
    req.destroy();
    await seen.closed;
    expect(await gateway.fact((fact) => fact.kind === "listen")).toMatchObject({ outcome: "ok" });
  });

  it("counts open streams apart from calls, and lets them last", async () => {
    const req = openRequest(gateway.mcp("tool"), { method: "GET", headers: { accept: "text/event-stream" } });
    const response = responseOf(req);
    req.end();
    const seen = await upstream.next();
    seen.res.writeHead(200, EVENTS).flushHeaders();
    const res = await response;
    expect(gateway.gateway.load("srv_tool")).toEqual({ calls: 0, streams: 1 });
    const { seen: call } = await begin(toolCall(1));
    expect(gateway.gateway.load("srv_tool")).toEqual({ calls: 1, streams: 1 });
    // The call is cut off at its cap; the stream, which is older, is not.
    await call.closed;
    seen.res.write(sseEvent({ jsonrpc: "2.0", method: "notifications/tools/list_changed" }));
    expect(await nextChunk(res)).toContain("list_changed");
    req.destroy();
    await seen.closed;
    expect(gateway.gateway.load()).toEqual({ calls: 0, streams: 0 });
  });
});

describe("single answers", () => {
  it("becomes a JSON-RPC error when the runtime dies before it answers", async () => {
    const { response, seen } = await begin(toolCall(7));
    gateway.die("tool", { reason: "memory_limit", message: "more than 128 MiB" });
    seen.res.destroy();
    const res = await response;
    expect(res.statusCode).toBe(200);
    const answer = JSON.parse(await readAll(res)) as JsonRpcError;
    expect(answer.id).toBe(7);
    expect(answer.error.message).toMatch(/too much memory.*128 MiB/);
    expect((await gateway.fact((item) => item.tool === "echo")).outcome).toBe("runtime_error");
    await expectNeighbourWorks();
  });

  it("breaks the connection when half of it was sent, since half a JSON body cannot be repaired", async () => {
    const { response, seen } = await begin(toolCall(1));
    seen.res.writeHead(200, { ...JSON_TYPE, "content-length": "1000" }).write('{"jsonrpc":"2.0",');
    const res = await response;
    await nextChunk(res);
    seen.res.destroy();
    await expect(readAll(res)).rejects.toThrow();
    expect((await gateway.fact((item) => item.tool === "echo")).outcome).toBe("runtime_error");
  });

  it("times out with a readable error, and leaves the upstream", async () => {
    const { response, seen } = await begin(toolCall(1));
    const res = await response;
    expect(res.statusCode).toBe(200);
    const answer = JSON.parse(await readAll(res)) as JsonRpcError;
    expect(answer.error.message).toMatch(/did not answer within 0.4 s/);
    await seen.closed;
    const fact = await gateway.fact((item) => item.tool === "echo");
    expect(fact.outcome).toBe("timeout");
    expect(fact.durationMs).toBeGreaterThanOrEqual(390);
    expect(gateway.openLeases()).toBe(0);
  });

  it.each([true, false])("refuses an answer above its cap (declared: %s)", async (isDeclared) => {
    const { response, seen } = await begin(toolCall(1));
    const body = JSON.stringify(toolResult(1, "x".repeat(200_000)));
    seen.res.writeHead(200, { ...JSON_TYPE, ...(isDeclared ? { "content-length": body.length } : {}) });
    seen.res.end(body);
    const text = await response.then(readAll).catch((error: Error) => error.message);
    if (isDeclared) expect((JSON.parse(text) as JsonRpcError).error.data.code).toBe("payload_too_large");
    else expect(text).toMatch(/aborted|hang up|ECONNRESET/);
    expect((await gateway.fact((item) => item.tool === "echo")).outcome).toBe("too_large");
  });

  it("knows a tool error in an answer too large to parse", async () => {
    const own = await startTestGateway({ runtimes: { tool: upstream.url } });
    const answer = rawRequest(own.mcp("tool"), { body: toolCall(1) });
    const seen = await upstream.next();
    const result = { content: [{ type: "text", text: "x".repeat(400_000) }], isError: true };
    seen.res.writeHead(200, JSON_TYPE).end(JSON.stringify({ jsonrpc: "2.0", id: 1, result }));
    expect((await answer).text.length).toBeGreaterThan(400_000);
    expect((await own.fact(() => true)).outcome).toBe("tool_error");
    await own.close();
  });

  it("is never ok without a JSON-RPC response", async () => {
    const { response, seen } = await begin(toolCall(1));
    seen.res.writeHead(200, JSON_TYPE).end('{"hello":"world"}');
    expect(await readAll(await response)).toBe('{"hello":"world"}');
    const fact = await gateway.fact((item) => item.tool === "echo");
    expect(fact).toMatchObject({ outcome: "runtime_error", httpStatus: 200 });
    expect(fact.error).toMatch(/no JSON-RPC response/);
  });
});

describe("clients that leave", () => {
  it("cancels a modern call and leaves the upstream", async () => {
    const _meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow", _meta } };
    const { req, seen } = await begin(body);
    req.destroy();
    await seen.closed;
    const fact = await gateway.fact((item) => item.tool === "slow");
    expect(fact).toMatchObject({ outcome: "canceled", era: "modern" });
    expect(gateway.openLeases()).toBe(0);
    expect(gateway.gateway.load()).toEqual({ calls: 0, streams: 0 });
  });

  it("follows a legacy call to the stream that brings its answer", async () => {
    const session = await sessionOf("session-1");
    const { req, response, seen } = await begin(toolCall(9), session);
    seen.res.writeHead(200, EVENTS).write("id: 1\ndata: \n\n");
    const res = await response;
    await nextChunk(res);
    req.destroy();
    await seen.closed;
    expect(gateway.facts).toEqual([]);

    const again = openRequest(gateway.mcp("tool"), {
      method: "GET",
      headers: { ...session, accept: "text/event-stream", "last-event-id": "1" },
    });
    const resumed = responseOf(again);
    again.end();
    const replay = await upstream.next();
    replay.res.writeHead(200, EVENTS).end(sseEvent(toolResult(9), "2"));
    await readAll(await resumed);
    const fact = await gateway.fact((item) => item.tool === "echo");
    expect(fact).toMatchObject({ outcome: "ok", kind: "request", method: "tools/call" });
    expect(fact.sessionHash).toMatch(/^[0-9a-f]{16}$/);
    expect(fact.responseBytes).toBeGreaterThan(0);
    expect(await gateway.fact((item) => item.kind === "listen")).toMatchObject({ outcome: "ok" });
    expect(gateway.facts).toHaveLength(2);
  });

  it("counts an answer that is fetched after all, although the client had canceled its call", async () => {
    const session = await sessionOf("session-4");
    const { req, response, seen } = await begin(toolCall(5), session);
    seen.res.writeHead(200, EVENTS).write("id: 1\ndata: \n\n");
    await nextChunk(await response);
    req.destroy();
    await seen.closed;
    const params = { requestId: 5 };
    const note = await begin({ jsonrpc: "2.0", method: "notifications/cancelled", params }, session);
    note.seen.res.writeHead(202).end();
    await readAll(await note.response);

    const again = openRequest(gateway.mcp("tool"), {
      method: "GET",
      headers: { ...session, accept: "text/event-stream", "last-event-id": "1" },
    });
    const resumed = responseOf(again);
    again.end();
    (await upstream.next()).res.writeHead(200, EVENTS).end(sseEvent(toolResult(5), "2"));
    await readAll(await resumed);
    expect(await gateway.fact((item) => item.tool === "echo")).toMatchObject({ outcome: "ok" });
  });

  it("calls a call canceled when the client said so, and adds no error to its stream", async () => {
    const session = await sessionOf("session-2");
    const { response, seen } = await begin(toolCall(3), session);
    seen.res.writeHead(200, EVENTS).flushHeaders();
    const res = await response;
    const params = { requestId: 3, reason: "user" };
    const note = await begin({ jsonrpc: "2.0", method: "notifications/cancelled", params }, session);
    note.seen.res.writeHead(202).end();
    await readAll(await note.response);
    seen.res.end();
    expect(await readAll(res)).toBe("");
    expect(await gateway.fact((item) => item.tool === "echo")).toMatchObject({ outcome: "canceled" });
    expect(await gateway.fact((item) => item.kind === "notification")).toMatchObject({
      outcome: "ok",
      httpStatus: 202,
    });
  });

  it("reports what a session left open when the session ends", async () => {
    const session = await sessionOf("session-3");
    const { response, seen } = await begin(toolCall(4), session);
    seen.res.writeHead(200, EVENTS).end("id: 1\ndata: \n\n");
    await readAll(await response);
    expect(gateway.facts).toEqual([]);
    const gone = rawRequest(gateway.mcp("tool"), { method: "DELETE", headers: session });
    (await upstream.next()).res.writeHead(200).end();
    await gone;
    expect(await gateway.fact((item) => item.tool === "echo")).toMatchObject({ outcome: "canceled" });
    expect(await gateway.fact((item) => item.kind === "session_end")).toMatchObject({ outcome: "ok" });
  });
});

describe("batches", () => {
  it("records one fact per message, of one exchange, whose bytes add up", async () => {
    const body = [
      toolCall(1, "a"),
      toolCall("1", "b"),
      { jsonrpc: "2.0", method: "notifications/initialized" },
    ];
    const { response, seen } = await begin(body as unknown as object);
    const failed = { jsonrpc: "2.0", id: "1", error: { code: -32602, message: "Unknown tool b" } };
    seen.res.writeHead(200, JSON_TYPE).end(JSON.stringify([failed, toolResult(1)]));
    await readAll(await response);
    await gateway.fact((fact) => fact.kind === "notification");
    const [first, second, third] = gateway.facts;
    expect(first).toMatchObject({ tool: "a", outcome: "ok", rpcErrorCode: null });
    expect(second).toMatchObject({
      tool: "b",
      outcome: "protocol_error",
      rpcErrorCode: -32602,
      error: "Unknown tool b",
    });
    expect(third).toMatchObject({ kind: "notification", outcome: "ok" });
    expect(new Set(gateway.facts.map((fact) => fact.requestId))).toEqual(new Set([first?.id]));
    expect(new Set(gateway.facts.map((fact) => fact.id)).size).toBe(3);
    const bytes = gateway.facts.reduce((sum, fact) => sum + fact.requestBytes, 0);
    expect(bytes).toBe(JSON.stringify(body).length);
  });
});

describe("closing the gateway", () => {
  it("ends streams at once, waits for calls, and refuses new ones", async () => {
    const stream = openRequest(gateway.mcp("tool"), {
      method: "GET",
      headers: { accept: "text/event-stream" },
    });
    const opened = responseOf(stream);
    stream.end();
    (await upstream.next()).res.writeHead(200, EVENTS).flushHeaders();
    const listening = await opened;
    const { response, seen } = await begin(toolCall(1));
    const closing = gateway.gateway.close(5_000);
    expect(await readAll(listening)).toBe("");
    const late = await rawRequest(gateway.mcp("tool"), { body: toolCall(2) });
    expect(late.status).toBe(503);
    expect(late.headers["retry-after"]).toBeDefined();
    seen.res.writeHead(200, JSON_TYPE).end(JSON.stringify(toolResult(1)));
    expect(JSON.parse(await readAll(await response))).toEqual(toolResult(1));
    await closing;
    expect(await gateway.fact((fact) => fact.kind === "listen")).toMatchObject({ outcome: "ok" });
  });

  it("ends calls that outlast the drain with an error", async () => {
    const { response } = await begin(toolCall(1));
    await gateway.gateway.close(10);
    const answer = JSON.parse(await readAll(await response)) as JsonRpcError;
    expect(answer.error.message).toMatch(/shutting down/);
  });
});
