import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DomainError } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import {
  type JsonRpcError,
  openRequest,
  rawRequest,
  responseOf,
  serverEntry,
  startModernServer,
  startTestGateway,
  type TestGateway,
  type TestMcpServer,
  toolCall,
} from "#lib/testing/mcp/index.ts";

let upstream: TestMcpServer;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startModernServer();
  gateway = await startTestGateway({
    runtimes: { works: upstream.url },
    entries: [
      serverEntry("asleep", { status: "inactive" }),
      serverEntry("drafted", { status: "draft", version: null }),
      serverEntry("private", { directAccess: "off" }),
      serverEntry("broken"),
      serverEntry("nowhere", { kind: "connected", version: null, upstreamUrl: "not a url" }),
    ],
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** Every error says its request id, in the message and in a header, and is JSON-RPC. */
function expectReadable(answer: {
  headers: Record<string, unknown>;
  json(): JsonRpcError;
}): JsonRpcError["error"] {
  const { error } = answer.json();
  const requestId = answer.headers["x-request-id"];
  expect(isId("req", String(requestId))).toBe(true);
  expect(error.data.requestId).toBe(requestId);
  expect(error.message).toContain(String(requestId));
  expect(error.message.length).toBeGreaterThan(40);
  return error;
}

/** After whatever happened, a neighbour's call works. */
async function expectStillWorking(): Promise<void> {
  const answer = await rawRequest(gateway.mcp("works"), {
    body: toolCall(1, "echo", { text: "still here" }),
  });
  expect(answer.status).toBe(200);
  expect(answer.text).toContain("still here");
}

describe("requests that cannot be served", () => {
  it.each([
    ["/mcp/unknown", 404],
    ["/mcp/", 404],
    ["/mcp", 404],
    ["/mcp/works/more", 404],
    ["/mcp/works/", 404],
    ["/mcp/UPPER", 404],
    ["/mcp/%77orks", 404],
    [`/mcp/${"a".repeat(64)}`, 404],
  ])("%s is a JSON-RPC error with status %i", async (path, status) => {
    const answer = await rawRequest(gateway.url + path, { body: toolCall(1) });
    expect(answer.status).toBe(status);
    expect(expectReadable(answer).data.code).toBe("not_found");
  });

  it.each([
    ["asleep", 409, "server_inactive", /not active.*activate/],
    ["drafted", 409, "server_inactive", /draft.*publish/],
    ["private", 403, "forbidden", /turned off/],
  ])("%s answers %i %s and says what to do", async (slug, status, code, words) => {
    const answer = await rawRequest(gateway.mcp(slug), { body: toolCall(1) });
    expect(answer.status).toBe(status);
    const error = expectReadable(answer);
    expect(error.data.code).toBe(code);
    expect(error.message).toMatch(words);
    const fact = await gateway.fact((item) => item.serverId === `srv_${slug}`);
    expect(["protocol_error", "auth_denied"]).toContain(fact.outcome);
  });

  it("a runtime that does not start is an error that an agent can read", async () => {
    const answer = await rawRequest(gateway.mcp("broken"), { body: toolCall("abc") });
    expect(answer.status).toBe(200);
    expect(answer.json().id).toBe("abc");
    expect(expectReadable(answer).data.code).toBe("runtime_failed");
    expect((await gateway.fact((fact) => fact.serverId === "srv_broken")).outcome).toBe("runtime_error");
  });

  it("a connected server without a valid URL says so", async () => {
    const answer = await rawRequest(gateway.mcp("nowhere"), { body: toolCall(1) });
    expect(expectReadable(answer).message).toMatch(/upstream URL/);
  });
});

describe("malformed messages", () => {
  const CORPUS: [name: string, body: string, status: number, code: number][] = [
    ["an empty body", "", 400, -32700],
    ["cut JSON", '{"jsonrpc":"2.0","id":1,"method"', 400, -32700],
    ["a form", "method=tools/call", 400, -32700],
    ["a number", "1", 400, -32600],
    ["an empty batch", "[]", 400, -32600],
    ["a batch of nothing", "[1,2]", 400, -32600],
    ["no method", '{"jsonrpc":"2.0","id":1}', 400, -32600],
    ["a null id", '{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, -32600],
    ["two methods", '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}', 400, -32600],
    [
      "two names",
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","name":"drop"}}',
      400,
      -32600,
    ],
    [
      "an escaped second name",
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","n\\u0061me":"drop"}}',
      400,
      -32600,
    ],
    ["a hundred thousand brackets", "[".repeat(100_000), 400, -32700],
    [
      "well-formed JSON, 350,000 levels deep",
      `${'[{"a":'.repeat(350_000)}1${"}]".repeat(350_000)}`,
      400,
      -32600,
    ],
  ];

  it.each(CORPUS)("%s", async (_name, body, status, code) => {
    const answer = await rawRequest(gateway.mcp("works"), { body });
    expect(answer.status).toBe(status);
    expect(expectReadable(answer).code).toBe(code);
    const requestId = answer.json().error.data.requestId;
    expect(requestId).toBeDefined();
    await expectStillWorking();
  });

  it("are recorded as invalid, with what was wrong", async () => {
    await rawRequest(gateway.mcp("works"), { body: "{" });
    const fact = await gateway.fact((item) => item.rpcErrorCode === -32700 && item.requestBytes === 1);
    expect(fact).toMatchObject({ outcome: "protocol_error", httpStatus: 400, method: null });
    expect(fact.error).toMatch(/not valid JSON/);
  });

  it("refuses a batch in a modern request", async () => {
    const answer = await rawRequest(gateway.mcp("works"), {
      headers: { "mcp-protocol-version": "2026-07-28" },
      body: [toolCall(1), toolCall(2)],
    });
    expect(answer.status).toBe(400);
    expect(expectReadable(answer).code).toBe(-32600);
    const facts = gateway.facts.filter((fact) => fact.rpcErrorCode === -32600 && fact.tool === "echo");
    expect(facts.length).toBeGreaterThanOrEqual(2);
  });

  it.each<Record<string, string>>([
    { "mcp-protocol-version": "2025-11-25" },
    { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" },
    { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "other" },
  ])("refuses headers that contradict the body: %j", async (headers) => {
    const _meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };
    const answer = await rawRequest(gateway.mcp("works"), {
      headers,
      body: { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo", arguments: {}, _meta } },
    });
    expect(answer.status).toBe(400);
    expect(answer.json().id).toBe(1);
    expect(expectReadable(answer).code).toBe(-32020);
  });

  it("wants JSON, uncompressed, and one of MCP's methods", async () => {
    const text = await rawRequest(gateway.mcp("works"), {
      headers: { "content-type": "text/plain" },
      body: "{}",
    });
    expect(text.status).toBe(415);
    expectReadable(text);
    const packed = await rawRequest(gateway.mcp("works"), {
      headers: { "content-encoding": "gzip" },
      body: "{}",
    });
    expect(packed.status).toBe(415);
    const utf7 = { "content-type": "application/json; charset=utf-7" };
    expect((await rawRequest(gateway.mcp("works"), { headers: utf7, body: "{}" })).status).toBe(415);
    const put = await rawRequest(gateway.mcp("works"), { method: "PUT", body: "{}" });
    expect(put.status).toBe(405);
    expect(put.headers.allow).toContain("POST");
  });
});

describe("large and slow bodies", () => {
  it("refuses a declared 20 MiB body before it arrives", async () => {
    const req = openRequest(gateway.mcp("works"), {
      headers: { "content-length": String(20 * 1024 * 1024) },
    });
    req.on("error", () => undefined);
    req.write('{"jsonrpc"');
    const res = await responseOf(req);
    expect(res.statusCode).toBe(413);
    req.destroy();
    await expectStillWorking();
  });

  it("refuses an undeclared 20 MiB body without reading all of it", async () => {
    const req = openRequest(gateway.mcp("works"), { headers: { "transfer-encoding": "chunked" } });
    const response = responseOf(req);
    req.on("error", () => undefined);
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    let sent = 0;
    const writeMore = (): void => {
      while (sent < 20 && !req.destroyed) {
        sent++;
        if (!req.write(megabyte)) {
          req.once("drain", writeMore);
          return;
        }
      }
    };
    writeMore();
    const res = await response;
    expect(res.statusCode).toBe(413);
    let text = "";
    for await (const chunk of res) text += String(chunk);
    expect((JSON.parse(text) as JsonRpcError).error.data.code).toBe("payload_too_large");
    expect(sent).toBeLessThan(20);
    req.destroy();
    const fact = await gateway.fact((item) => item.outcome === "too_large");
    expect(fact).toMatchObject({ httpStatus: 413, kind: "invalid" });
    await expectStillWorking();
  });

  it("accepts a body just below the cap", async () => {
    const text = "x".repeat(4 * 1024 * 1024 - 300);
    const answer = await rawRequest(gateway.mcp("works"), { body: toolCall(1, "echo", { text }) });
    expect(answer.status).toBe(200);
    expect(answer.text.length).toBeGreaterThan(4 * 1024 * 1024 - 300);
  });

  it("forgets a client that leaves in the middle of its body", async () => {
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    socket.write(
      "POST /mcp/works HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    );
    socket.end();
    const fact = await gateway.fact((item) => item.kind === "invalid" && item.outcome === "canceled");
    expect(fact.method).toBeNull();
    expect(gateway.gateway.load()).toEqual({ calls: 0, streams: 0 });
  });
});

describe("what a lease may throw", () => {
  it.each([
    ["bundle_refused", 200, "runtime_error"],
    ["runtime_failed", 200, "runtime_error"],
    ["limit_reached", 429, "rate_limited"],
    ["unavailable", 503, "runtime_error"],
    ["server_inactive", 409, "protocol_error"],
  ] as const)("%s becomes HTTP %i and outcome %s", async (code, status, outcome) => {
    const own = await startTestGateway({
      entries: [serverEntry("sick")],
      lease: async () => {
        throw new DomainError(code, "Uncaught SyntaxError: Unexpected token at main.js:1:25", {
          retryAfterSeconds: 1,
        });
      },
    });
    const answer = await rawRequest(own.mcp("sick"), { body: toolCall(5) });
    expect(answer.status).toBe(status);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.json().id).toBe(5);
    expect(expectReadable(answer).message).toContain("main.js:1:25");
    expect((await own.fact(() => true)).outcome).toBe(outcome);
    expect(own.gateway.load()).toEqual({ calls: 0, streams: 0 });
    await own.close();
  });

  it("an unexpected failure is logged, and shown without its details", async () => {
    const own = await startTestGateway({
      entries: [serverEntry("sick")],
      lease: () => {
        throw new Error("password=hunter2");
      },
    });
    const answer = await rawRequest(own.mcp("sick"), { body: toolCall(5) });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("hunter2");
    expectReadable(answer);
    await own.close();
  });
});
