import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RequestFact } from "#lib/data-plane/observation/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  rawRequest,
  type ScriptedUpstream,
  serverEntry,
  sseEvent,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
  toolCall,
  toolResult,
} from "#lib/testing/mcp/index.ts";

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  const connected = { kind: "connected", version: null, upstreamUrl: upstream.url } as const;
  gateway = await startTestGateway({
    entries: [
      serverEntry("recorded", { ...connected, recordBodies: true }),
      serverEntry("silent", connected),
      serverEntry("live-only", { ...connected, recordBodies: true, retentionDays: 0 }),
    ],
  });
});
beforeEach(() => {
  gateway.facts.length = 0;
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "content-type": "text/event-stream" };

/** Sends a body, lets the upstream answer, and gives the facts about it. */
async function said(
  slug: string,
  body: object,
  answer: { headers: Record<string, string>; parts: readonly string[] },
  headers: Record<string, string> = {},
): Promise<RequestFact[]> {
  const messages = Array.isArray(body) ? body.length : 1;
  const pending = rawRequest(gateway.mcp(slug), { body, headers });
  const seen = await upstream.next();
  seen.res.writeHead(200, answer.headers);
  for (const part of answer.parts) seen.res.write(part);
  seen.res.end();
  await pending;
  await gateway.fact(() => gateway.facts.length === messages);
  return [...gateway.facts];
}

describe("what is said to a server that records it", () => {
  it("is kept word for word, with its sizes, and without any header", async () => {
    const body = toolCall(1);
    const text = JSON.stringify(toolResult(1));
    const [fact] = await said(
      "recorded",
      body,
      { headers: { ...JSON_TYPE, "x-token": "of the answer" }, parts: [text.slice(0, 9), text.slice(9)] },
      { authorization: "Bearer of-the-caller", cookie: "a=of-the-caller" },
    );
    const request = JSON.stringify(body);
    expect(fact?.bodies).toEqual({
      request,
      response: text,
      requestBytes: request.length,
      responseBytes: text.length,
    });
    expect(JSON.stringify(fact)).not.toMatch(/of-the-caller|of the answer/);
  });

  it("is kept from an event stream: the answer, not what came before it", async () => {
    const progress = { jsonrpc: "2.0", method: "notifications/progress", params: { progress: 1 } };
    const [fact] = await said("recorded", toolCall(7), {
      headers: EVENTS,
      parts: [sseEvent(progress), sseEvent(toolResult(7))],
    });
    expect(fact?.bodies?.response).toBe(JSON.stringify(toolResult(7)));
  });

  it("is kept for each message of a batch, whatever the order of the answers", async () => {
    const facts = await said("recorded", [toolCall(1), toolCall(2)], {
      headers: JSON_TYPE,
      parts: [JSON.stringify([toolResult(2), toolResult(1)])],
    });
    const bodies = facts.map((fact) => fact.bodies);
    expect(bodies.map((each) => JSON.parse(each?.request ?? "").id)).toEqual([1, 2]);
    expect(bodies.map((each) => JSON.parse(each?.response ?? "").id)).toEqual([1, 2]);
    expect(bodies[0]?.requestBytes).toBe(JSON.stringify(toolCall(1)).length);
  });

  it("is kept no longer than what is looked at, whatever passes, and the rest passes unchanged", async () => {
    const result = {
      jsonrpc: "2.0",
      id: 1,
      result: { content: [{ type: "text", text: "é".repeat(400_000) }] },
    };
    const text = JSON.stringify(result);
    const third = Math.floor(text.length / 3);
    const parts = [text.slice(0, third), text.slice(third, 2 * third), text.slice(2 * third)];
    const [fact] = await said("recorded", toolCall(1), { headers: JSON_TYPE, parts });
    const kept = fact?.bodies?.response ?? "";
    expect(kept.length).toBeGreaterThan(limits.requests.bodyBytesMax);
    expect(kept.length).toBeLessThan(limits.requests.bodyBytesMax * 2);
    expect(text.startsWith(kept)).toBe(true);
    expect(fact?.bodies?.responseBytes).toBe(Buffer.byteLength(text));
    expect(fact?.outcome).toBe("ok");
  });

  it("has no response where the answer is none, or cannot be read", async () => {
    const [unread] = await said("recorded", toolCall(1), {
      headers: { ...JSON_TYPE, "content-encoding": "br" },
      parts: ["xx"],
    });
    expect(unread?.bodies).toMatchObject({ response: null, responseBytes: 0 });
    gateway.facts.length = 0;
    const [broken] = await said("recorded", toolCall(2), { headers: JSON_TYPE, parts: ["{half"] });
    expect(broken?.bodies).toMatchObject({ request: JSON.stringify(toolCall(2)), response: null });
  });
});

it("a batch with a message that is nested beyond reason passes; the others are kept", async () => {
  const deep = `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`;
  const pending = rawRequest(gateway.mcp("recorded"), { body: `[${JSON.stringify(toolCall(1))},${deep}]` });
  const seen = await upstream.next();
  seen.res.writeHead(200, JSON_TYPE).end("[]");
  await pending;
  const fact = await gateway.fact((each) => each.tool !== null);
  expect(fact.bodies?.request).toBe(JSON.stringify(toolCall(1)));
});

it("nothing is kept of a server that does not record, nor of one without a history", async () => {
  for (const slug of ["silent", "live-only"]) {
    gateway.facts.length = 0;
    const answer = { headers: JSON_TYPE, parts: [JSON.stringify(toolResult(1))] };
    const [fact] = await said(slug, toolCall(1), answer);
    expect(fact).toMatchObject({ outcome: "ok", bodies: null });
  }
});
