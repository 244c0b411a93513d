import type { Era, RequestDetail, RequestRow, Server } from "#lib/contract/index.ts";
import { bodyValue } from "./message-text.ts";
import { shellQuoted } from "./shell-quoted.ts";

/** What a snippet sends again. */
export interface SnippetCall {
  readonly method: string | null;
  readonly tool: string | null;
  readonly era?: Era | null;
  /** As they were recorded; without them they are left empty, to be filled in. */
  readonly arguments?: Readonly<Record<string, unknown>> | null;
}

const MODERN = "2026-07-28";
const LEGACY = "2025-11-25";

/**
 * The URL at which a call can be made again: where it came in, while that is open. A direct URL is closed to callers
 * while a gateway stands before the server.
 */
export const urlOf = (
  row: Pick<RequestRow, "gatewayId">,
  server: Pick<Server, "mcpUrl" | "directUrl" | "gateway">,
): string => (row.gatewayId === null && server.gateway === null ? server.directUrl : server.mcpUrl);

/** What stands for the credential of a call in a snippet; the real one is never known here. Null: none was needed. */
export function credentialOf(
  { decision, gatewayId }: Pick<RequestRow, "decision" | "gatewayId">,
  server: Pick<Server, "gateway">,
): string | null {
  if (decision?.principal?.startsWith("oauth:")) return "YOUR_ACCESS_TOKEN";
  if (decision?.principal?.startsWith("key:") || decision?.principal?.startsWith("agent:")) return "YOUR_KEY";
  if (decision?.reason === "credentials_missing") return "YOUR_KEY";
  // A check of our own went past the gateway; whoever repeats it does not.
  return gatewayId === null && server.gateway !== null ? "YOUR_KEY" : null;
}

/** The call that a row was, with its recorded arguments if there are any. */
export function snippetCallOf(row: RequestRow, bodies: RequestDetail["bodies"]): SnippetCall {
  const { method, tool, era } = row;
  return { method, tool, era, arguments: recordedArguments(row, bodies) };
}

/** The arguments that a tool was called with; null when they were not recorded, or not whole. */
export function recordedArguments(
  row: Pick<RequestRow, "id">,
  bodies: RequestDetail["bodies"],
): Record<string, unknown> | null {
  const message = bodyValue(bodies.find(({ id }) => id === row.id)?.request ?? null);
  if (!isObject(message)) return null;
  const params = message.params;
  if (!isObject(params) || !isObject(params.arguments)) return null;
  return params.arguments;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One line per part of a command. */
const command = (...parts: readonly string[]): string => parts.join(" \\\n  ");
const header = (name: string, value: string): string => `-H ${shellQuoted(`${name}: ${value}`)}`;

/** A name as a header may carry it: plain ASCII as it is, everything else wrapped in base64, as the protocol has it. */
export function headerValue(text: string): string {
  const isPlain = /^[\x20-\x7e]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/i.test(text);
  if (isPlain) return text;
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCodePoint(byte));
  return `=?base64?${btoa(bytes.join(""))}?=`;
}

/** A command that sends the same message again: one request in the modern era, a session of three in the legacy one. */
export function curlOf(call: SnippetCall, url: string, credential: string | null = null): string {
  const method = call.method ?? "tools/list";
  const params = call.tool === null ? {} : { name: call.tool, arguments: call.arguments ?? {} };
  const shared = [
    header("content-type", "application/json"),
    header("accept", "application/json, text/event-stream"),
    ...(credential === null ? [] : [header("authorization", `Bearer ${credential}`)]),
  ];
  const data = (message: object): string =>
    `-d ${shellQuoted(JSON.stringify({ jsonrpc: "2.0", ...message }))}`;
  const curl = `curl -sS ${shellQuoted(url)}`;
  if (call.era !== "legacy") {
    const meta = {
      "io.modelcontextprotocol/protocolVersion": MODERN,
      "io.modelcontextprotocol/clientInfo": { name: "curl", version: "8" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    return command(
      curl,
      ...shared,
      header("mcp-protocol-version", MODERN),
      header("mcp-method", headerValue(method)),
      ...(call.tool === null ? [] : [header("mcp-name", headerValue(call.tool))]),
      data({ id: 1, method, params: { ...params, _meta: meta } }),
    );
  }
  const initialize = {
    id: 1,
    method: "initialize",
    params: { protocolVersion: LEGACY, capabilities: {}, clientInfo: { name: "curl", version: "8" } },
  };
  if (method === "initialize") return command(`${curl} -i`, ...shared, data(initialize));
  const session = [header("mcp-protocol-version", LEGACY), '-H "mcp-session-id: $ID"'];
  // curl leaves a header without a value out: so it fits servers with and without sessions.
  return [
    "# One session of the legacy protocol: begin, confirm, call.",
    `ID=$(${command(`${curl} -o /dev/null -D -`, ...shared, data(initialize))} \\\n  | tr -d '\\r' | grep -i '^mcp-session-id:' | cut -d ' ' -f 2)`,
    command(curl, ...shared, ...session, data({ method: "notifications/initialized" })),
    command(curl, ...shared, ...session, data({ id: 2, method, params })),
  ].join("\n");
}

/** A program that makes the same call with the TypeScript SDK. Strings are JSON, which is safe inside a program. */
export function typescriptOf(call: SnippetCall, url: string, credential: string | null = null): string {
  const transport =
    credential === null
      ? `new StreamableHTTPClientTransport(new URL(${literal(url)}))`
      : `new StreamableHTTPClientTransport(new URL(${literal(url)}), {
  requestInit: { headers: { Authorization: ${literal(`Bearer ${credential}`)} } },
})`;
  const mode = call.era === "legacy" ? '"legacy"' : '"auto"';
  const body =
    call.tool === null
      ? "const { tools } = await client.listTools();\nconsole.log(tools.map((tool) => tool.name));"
      : `const result = await client.callTool({
  name: ${literal(call.tool)},
  arguments: ${indented(literal(call.arguments ?? {}, 2))},
});
console.log(JSON.stringify(result, null, 2));`;
  return `// npm install @modelcontextprotocol/client
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const client = new Client({ name: "my-client", version: "1.0.0" }, { versionNegotiation: { mode: ${mode} } });
const transport = ${transport};
await client.connect(transport);
${body}
await client.close();
`;
}

/** JSON as a literal of a program: what ends a line in old engines is escaped, and a `__proto__` stays a member. */
const literal = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent)
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
    .replace(/"__proto__":/g, '["__proto__"]:');
const indented = (text: string): string => text.replaceAll("\n", "\n  ");

/** The same call as a smoke test from a terminal. Everything behind `--` is a name, also one that begins with a dash. */
export const smokeCommandOf = (call: SnippetCall, server: string): string =>
  call.tool === null
    ? `mcpstack smoke tools-list ${shellQuoted(server)}`
    : command(
        "mcpstack smoke call",
        `--args ${shellQuoted(JSON.stringify(call.arguments ?? {}))}`,
        `-- ${shellQuoted(server)} ${shellQuoted(call.tool)}`,
      );
