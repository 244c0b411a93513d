import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import {
  gatewayEntry,
  grantEntry,
  type JsonRpcError,
  rawRequest,
  type ScriptedUpstream,
  sseEvent,
  startLegacySession,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
} from "#lib/testing/mcp/index.ts";

const PUBLIC_ID = "public-id-1";
let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  gateway = await startTestGateway({
    runtimes: { tool: upstream.url },
    attached: { tool: { id: "gw_a", publicId: PUBLIC_ID } },
    gateways: [gatewayEntry("gw_a", { grants: [grantEntry("grt_a", { tools: ["read_*"] })] })],
  });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const LIST = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const listOf = (...names: string[]) => ({
  jsonrpc: "2.0",
  id: 1,
  result: { tools: names.map((name) => ({ name })), nextCursor: "next" },
});

/** Asks for the list; the upstream answers with `body`. */
async function ask(contentType: string, body: string, headers: Record<string, string> = {}) {
  const pending = rawRequest(gateway.through(PUBLIC_ID), { body: LIST });
  const { res } = await upstream.next();
  res.writeHead(200, { "content-type": contentType, etag: '"1"', ...headers }).end(body);
  return pending;
}

describe("a caller who may use some tools", () => {
  it("sees those only, in an answer whose length is right", async () => {
    const body = JSON.stringify(listOf("read_a", "write_b"));
    const answer = await ask("application/json", body, { "content-length": String(body.length) });
    expect(JSON.parse(answer.text)).toEqual(listOf("read_a"));
    expect(answer.headers["content-length"]).toBe(String(answer.text.length));
    expect(answer.headers.etag).toBeUndefined();
    const fact = await gateway.fact((item) => item.method === "tools/list");
    expect(fact).toMatchObject({ outcome: "ok", responseBytes: answer.text.length });
  });

  it("sees those only in an event stream, between events that pass untouched", async () => {
    const progress = sseEvent({ jsonrpc: "2.0", method: "notifications/progress", params: {} }, "7");
    const answer = await ask("text/event-stream", `${progress}${sseEvent(listOf("read_a", "write_b"), "8")}`);
    expect(answer.text).toBe(
      `${progress}id: 8\nevent: message\ndata: ${JSON.stringify(listOf("read_a"))}\n\n`,
    );
    expect((await gateway.fact(() => true)).outcome).toBe("ok");
  });

  it.each([
    ["is no JSON", "application/json", "not json"],
    ["is of another kind", "text/html", "<p>tools</p>"],
    ["is too large", "application/json", " ".repeat(limits.gateways.filteredListBytesMax + 1)],
    ["is too large", "text/event-stream", `data: ${" ".repeat(limits.gateways.filteredListBytesMax + 1)}`],
  ])("gets an error when the list %s (%s)", async (_what, contentType, body) => {
    const answer = await ask(contentType, body);
    const text =
      contentType === "text/event-stream" ? (/data: (.*)/.exec(answer.text)?.[1] ?? "") : answer.text;
    expect((JSON.parse(text) as JsonRpcError).error.message).toMatch(/could not be read|larger than/);
    expect((await gateway.fact(() => true)).outcome).toMatch(/runtime_error|too_large/);
  });

  it("sees those only when a resumed stream brings the list", async () => {
    const session = await startLegacySession(gateway.through(PUBLIC_ID), upstream, "theirs");
    const pending = rawRequest(gateway.through(PUBLIC_ID), {
      method: "GET",
      headers: { accept: "text/event-stream", "mcp-session-id": session, "last-event-id": "3" },
    });
    const { res } = await upstream.next();
    res
      .writeHead(200, { "content-type": "text/event-stream" })
      .end(sseEvent(listOf("read_a", "write_b"), "4"));
    const { text } = await pending;
    expect(text).toContain("read_a");
    expect(text).not.toContain("write_b");
  });

  it("sees the server's refusal as it is", async () => {
    const pending = rawRequest(gateway.through(PUBLIC_ID), { body: LIST });
    (await upstream.next()).res.writeHead(404, { "content-type": "text/plain" }).end("Session not found");
    expect(await pending).toMatchObject({ status: 404, text: "Session not found" });
  });
});
