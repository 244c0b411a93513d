import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as FirstTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

export interface ToolAnswer {
  /** The texts of the content, joined. */
  text: string;
  isError: boolean;
  structuredContent: unknown;
  /** `X-Request-Id` of the call's own HTTP response. */
  requestId: string;
}

/** A real MCP client with an open session. */
export interface McpClient {
  listTools(): Promise<string[]>;
  callTool(name: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

interface RawResult {
  content?: unknown;
  isError?: boolean | undefined;
  structuredContent?: unknown;
}

/** How long one call may take, in the slowest test on the slowest machine. */
const CALL_MS_MAX = 60_000;
const NAME = { name: "e2e-client", version: "1.0.0" };

/** Both generations of the SDK: `modern` negotiates the newest protocol, `first` speaks the one with sessions. */
export async function connectMcp(
  url: string,
  generation: "modern" | "first" = "modern",
  headers: Record<string, string> = {},
): Promise<McpClient> {
  const seen = { requestId: "" };
  const options = {
    requestInit: { headers },
    async fetch(input: string | URL | Request, init?: RequestInit) {
      const response = await fetch(input, init);
      if (typeof init?.body === "string" && init.body.includes('"tools/call"'))
        seen.requestId = response.headers.get("x-request-id") ?? "";
      return response;
    },
  };
  return generation === "modern" ? connectModern(url, options, seen) : connectFirst(url, options, seen);
}

type Options = ConstructorParameters<typeof StreamableHTTPClientTransport>[1];

async function connectModern(url: string, options: Options, seen: { requestId: string }): Promise<McpClient> {
  const client = new Client(NAME, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options));
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: async (name, args = {}) =>
      answerOf(await client.callTool({ name, arguments: args }, { timeout: CALL_MS_MAX }), seen.requestId),
    close: () => client.close(),
  };
}

async function connectFirst(url: string, options: Options, seen: { requestId: string }): Promise<McpClient> {
  const client = new FirstClient(NAME);
  const transport = new FirstTransport(
    new URL(url),
    options as ConstructorParameters<typeof FirstTransport>[1],
  );
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: async (name, args = {}) =>
      answerOf(
        (await client.callTool({ name, arguments: args }, undefined, { timeout: CALL_MS_MAX })) as RawResult,
        seen.requestId,
      ),
    close: () => client.close(),
  };
}

function answerOf(result: RawResult, requestId: string): ToolAnswer {
  const content = (result.content ?? []) as { type: string; text?: string }[];
  return {
    text: content.map(({ text }) => text ?? "").join("\n"),
    isError: result.isError === true,
    structuredContent: result.structuredContent,
    requestId,
  };
}

/** Calls one tool in a session of its own. */
export async function callTool(
  url: string,
  name: string,
  args: Record<string, unknown> = {},
): Promise<ToolAnswer> {
  const client = await connectMcp(url);
  try {
    return await client.callTool(name, args);
  } finally {
    await client.close();
  }
}

/** One JSON-RPC request as any HTTP client could send it; what names the request itself is left out of the answer. */
export async function rawCall(
  url: string,
  method: string,
  params: Record<string, unknown> = {},
): Promise<{ status: number; body: { error: { code: number; message: string } } }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const requestId = response.headers.get("x-request-id") ?? "";
  const text = (await response.text()).replaceAll(requestId, "");
  return { status: response.status, body: JSON.parse(text) };
}

/** What the server at `url` calls its own version. */
export async function serverVersion(url: string): Promise<string | undefined> {
  const client = new FirstClient(NAME);
  await client.connect(new FirstTransport(new URL(url)) as Parameters<typeof client.connect>[0]);
  const version = client.getServerVersion()?.version;
  await client.close();
  return version;
}
