import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CreateMessageRequestSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startConformanceServer } from "#lib/testing/mcp/conformance-server.ts";
import {
  openRequest,
  rawRequest,
  responseOf,
  startTestGateway,
  type TestGateway,
} from "#lib/testing/mcp/index.ts";

/** The facts of the wire that the official conformance suites look at, against their fixture server. */
let fixture: Awaited<ReturnType<typeof startConformanceServer>>;
let gateway: TestGateway;

beforeAll(async () => {
  fixture = await startConformanceServer();
  gateway = await startTestGateway({ runtimes: { fixture: fixture.url } });
});
afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

const MODERN = "2026-07-28";
const META = {
  "io.modelcontextprotocol/protocolVersion": MODERN,
  "io.modelcontextprotocol/clientInfo": { name: "conformance-test", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const CAN_ASK = { ...META, "io.modelcontextprotocol/clientCapabilities": { elicitation: {}, sampling: {} } };

interface ModernCall {
  method: string;
  params?: Record<string, unknown>;
  headers?: Record<string, string>;
}

const modern = (
  url: string,
  { method, params = {}, headers = {} }: ModernCall,
): ReturnType<typeof rawRequest> =>
  rawRequest(url, {
    headers: {
      "mcp-protocol-version": MODERN,
      "mcp-method": method,
      ...(typeof params.name === "string" ? { "mcp-name": params.name } : {}),
      ...headers,
    },
    body: { jsonrpc: "2.0", id: "c-1", method, params: { _meta: META, ...params } },
  });

const call = (name: string, params: Record<string, unknown> = {}): ModernCall => ({
  method: "tools/call",
  params: { name, arguments: {}, ...params },
});

const MODERN_CALLS: Record<string, ModernCall> = {
  discovery: { method: "server/discover" },
  "a list with cache hints": { method: "tools/list" },
  "a tool with several kinds of content": call("test_multiple_content_types"),
  "a tool that fails": call("test_error_handling"),
  "a tool that does not exist": call("test_nothing"),
  "a tool that asks the client for input": call("test_input_required_result_elicitation", { _meta: CAN_ASK }),
  "a tool that needs what the client cannot do": call("test_missing_capability"),
  "an argument that a header repeats": {
    ...call("test_x_mcp_header", { arguments: { region: "eu" } }),
    headers: { "mcp-param-region": "eu" },
  },
  "an argument that a header contradicts": {
    ...call("test_x_mcp_header", { arguments: { region: "eu" } }),
    headers: { "mcp-param-region": "us" },
  },
  "a resource that does not exist": { method: "resources/read", params: { uri: "test://nothing" } },
  "a method that does not exist": { method: "unknown/method" },
  "a method of the older protocol": { method: "logging/setLevel" },
  "no metadata": { method: "server/discover", params: { _meta: undefined } },
  "a version that nobody speaks": {
    method: "server/discover",
    params: { _meta: { ...META, "io.modelcontextprotocol/protocolVersion": "v999.0.0" } },
    headers: { "mcp-protocol-version": "v999.0.0" },
  },
  "a header that names another method": { method: "tools/list", headers: { "mcp-method": "prompts/list" } },
};

describe("the modern protocol through the gateway", () => {
  it.each(Object.entries(MODERN_CALLS))("answers %s as the server does", async (_what, request) => {
    const [direct, through] = await Promise.all([
      modern(fixture.url, request),
      modern(gateway.mcp("fixture"), request),
    ]);
    expect(through.status).toBe(direct.status);
    expect(through.headers["content-type"]).toBe(direct.headers["content-type"]);
    const [answered, expected] = [through.json<Rpc>(), direct.json<Rpc>()];
    expect(answered.id).toBe("c-1");
    expect(answered.result).toEqual(expected.result);
    expect(answered.error?.code).toBe(expected.error?.code);
  });

  it("opens a subscription with the acknowledgement, and passes on what it asked for at once", async () => {
    const req = openRequest(gateway.mcp("fixture"), {
      headers: { "mcp-protocol-version": MODERN, "mcp-method": "subscriptions/listen" },
    });
    req.end(
      JSON.stringify({
        jsonrpc: "2.0",
        id: "s-1",
        method: "subscriptions/listen",
        params: { _meta: META, notifications: { toolsListChanged: true } },
      }),
    );
    const events = eventsOf(await responseOf(req));
    expect(await nextMessage(events)).toMatchObject({ method: "notifications/subscriptions/acknowledged" });
    await modern(fixture.url, call("test_trigger_tool_change"));
    expect(await nextMessage(events)).toMatchObject({ method: "notifications/tools/list_changed" });
    req.destroy();
  });

  it("refuses a page whose name merely resolves to this machine", async () => {
    const evil = { host: "evil.example", origin: "http://evil.example" };
    const answer = await modern(gateway.mcp("fixture"), { method: "server/discover", headers: evil });
    expect(answer.status).toBe(403);
  });
});

interface Rpc {
  id: string | number | null;
  method?: string;
  result?: unknown;
  error?: { code: number };
}

/** The events of a stream, one by one, comments left out. */
async function* eventsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let buffered = "";
  for await (const chunk of stream) {
    buffered += chunk.toString("utf8");
    for (let end = buffered.indexOf("\n\n"); end !== -1; end = buffered.indexOf("\n\n")) {
      const event = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      if (!event.startsWith(":")) yield event;
    }
  }
}

const fieldOf = (event: string, name: string): string | undefined =>
  new RegExp(`^${name}: ?(.*)$`, "m").exec(event)?.[1];

/** The next event with a message in it. */
async function nextMessage(events: AsyncGenerator<string, void>): Promise<Rpc> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error("the stream ended");
    const data = fieldOf(value, "data");
    if (data) return JSON.parse(data) as Rpc;
  }
}

describe("the older protocol through the gateway", () => {
  it("lets the server ask the client's model and its user in the middle of a call", async () => {
    const client = new Client(
      { name: "conformance-test", version: "1.0.0" },
      { capabilities: { sampling: {}, elicitation: {} } },
    );
    client.setRequestHandler(CreateMessageRequestSchema, async () => ({
      role: "assistant",
      model: "m",
      content: { type: "text", text: "from the model" },
    }));
    client.setRequestHandler(ElicitRequestSchema, async () => ({
      action: "accept",
      content: { username: "ada", email: "ada@example.com" },
    }));
    const transport = new StreamableHTTPClientTransport(new URL(gateway.mcp("fixture")));
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    const sampled = await client.callTool({ name: "test_sampling", arguments: { prompt: "?" } });
    const asked = await client.callTool({ name: "test_elicitation", arguments: { message: "Who?" } });
    await transport.terminateSession();
    await client.close();
    expect(JSON.stringify(sampled.content)).toContain("from the model");
    expect(JSON.stringify(asked.content)).toContain("ada@example.com");
  });

  it("gives the answer of a call to the one who comes back, when the server closes the stream before it", async () => {
    const url = gateway.mcp("fixture");
    const opened = await rawRequest(url, {
      body: {
        jsonrpc: "2.0",
        id: 1,
        method: "initialize",
        params: {
          protocolVersion: "2025-11-25",
          capabilities: {},
          clientInfo: { name: "conformance-test", version: "1.0.0" },
        },
      },
    });
    const headers = {
      "mcp-session-id": String(opened.headers["mcp-session-id"]),
      "mcp-protocol-version": "2025-11-25",
    };
    const first = await rawRequest(url, {
      headers,
      body: {
        jsonrpc: "2.0",
        id: 2,
        method: "tools/call",
        params: { name: "test_reconnection", arguments: {} },
      },
    });
    expect(first.text).not.toContain('"result"');
    const lastEventId = fieldOf(first.text, "id");
    expect(lastEventId).toBeDefined();
    const again = openRequest(url, {
      method: "GET",
      headers: { ...headers, accept: "text/event-stream", "last-event-id": lastEventId ?? "" },
    });
    again.end();
    expect(await nextMessage(eventsOf(await responseOf(again)))).toMatchObject({
      id: 2,
      result: { content: [{ type: "text", text: "Reconnected." }] },
    });
    again.destroy();

    const ended = await rawRequest(url, { method: "DELETE", headers });
    expect(ended.status).toBe(200);
    const after = await rawRequest(url, {
      headers,
      body: { jsonrpc: "2.0", id: 3, method: "tools/list" },
    });
    expect(after.status).toBe(404);
  });
});
