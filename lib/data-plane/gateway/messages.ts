import { isAscii, isUtf8 } from "node:buffer";
import { limits } from "#lib/kernel/limits.ts";
import { findDuplicateKey, isDisguised } from "./json-keys.ts";

/** `io.modelcontextprotocol/…` keys of the modern era's `_meta`. */
const META_PROTOCOL_VERSION = "io.modelcontextprotocol/protocolVersion";
const META_CLIENT_INFO = "io.modelcontextprotocol/clientInfo";
/** Whom an agent works for, and in which conversation. */
const META_END_USER = "mcpstack/endUser";
const META_SESSION = "mcpstack/session";

export type RpcId = string | number | null;

/** One JSON-RPC message from a client, as far as the gateway acts on it. */
export interface InboundMessage {
  kind: "request" | "notification" | "response";
  /** Null for notifications. */
  id: RpcId;
  method: string | null;
  /** The tool of `tools/call`. */
  tool: string | null;
  /** What `Mcp-Name` must repeat: name, URI or task id; null when the method has none. */
  subject: string | null;
  /** The protocol version that `_meta` claims: makes the message modern. */
  metaVersion: string | null;
  /** Of `initialize` or of `_meta`. */
  client: { name: string | null; version: string | null } | null;
  /** The request that `notifications/cancelled` names. */
  cancels: RpcId;
  /** Of `_meta`, as they came. */
  endUser: string | null;
  agentSession: string | null;
  /** What the tool of `tools/call` is called with; undefined for other messages. */
  toolArguments: unknown;
}

export interface InboundBody {
  messages: InboundMessage[];
  isBatch: boolean;
}

/** Why a body is no MCP message: a JSON-RPC code and what to do. */
export interface BodyProblem {
  code: -32700 | -32600;
  message: string;
}

/** The body field that the `Mcp-Name` header mirrors, by method. */
const SUBJECT_FIELD: ReadonlyMap<string, string> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);

/** Reads a request body. Never throws. */
export function readMessages(body: Buffer): InboundBody | BodyProblem {
  if (body.length === 0) return problem(-32700, "The body is empty. Send one JSON-RPC message as JSON.");
  if (!isUtf8(body)) return problem(-32700, "The body is not valid UTF-8. Send JSON encoded as UTF-8.");
  // One byte per character where that is the same text: quicker to make and to parse.
  const text = body.toString(isAscii(body) ? "latin1" : "utf8");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return problem(-32700, "The body is not valid JSON. Send one JSON-RPC message as JSON.");
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null) {
    return problem(-32600, `The key ${duplicate.slice(0, 100)} appears twice. Send each key once.`);
  }
  const isBatch = Array.isArray(parsed);
  const items: readonly unknown[] = isBatch ? (parsed as unknown[]) : [parsed];
  if (items.length === 0) return problem(-32600, "The batch is empty. Send at least one message.");
  if (items.length > limits.mcp.batchMessagesMax) {
    return problem(
      -32600,
      `The batch has more than ${limits.mcp.batchMessagesMax} messages. Send them in smaller batches.`,
    );
  }
  const messages: InboundMessage[] = [];
  const ids = new Set<RpcId>();
  for (const item of items) {
    const message = readMessage(item);
    if (!message) {
      return problem(
        -32600,
        'This is no JSON-RPC 2.0 message. It needs "jsonrpc": "2.0" and a "method", or a "result" or "error" with an "id".',
      );
    }
    // A server that runs it anyway would do so unseen by every limit: nothing tells how it ended.
    if (message.kind === "notification" && message.method === "tools/call")
      return problem(-32600, 'This call of a tool has no "id", so nothing could answer it. Give it one.');
    if (message.kind === "request") {
      // The answers to two calls of one id cannot be told apart.
      if (ids.has(message.id))
        return problem(-32600, `The id ${message.id} appears twice in the batch. Use each id once.`);
      ids.add(message.id);
    }
    messages.push(message);
  }
  return { messages, isBatch };
}

/** Keys of a message by which it is told what it is. */
const MESSAGE_KEYS: ReadonlySet<string> = new Set(["jsonrpc", "id", "method", "params", "result", "error"]);

const problem = (code: BodyProblem["code"], message: string): BodyProblem => ({ code, message });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const isId = (value: unknown): value is string | number =>
  typeof value === "string" || typeof value === "number";
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

function readMessage(value: unknown): InboundMessage | null {
  if (!isObject(value) || value.jsonrpc !== "2.0") return null;
  // `Method` beside a `result` would be an answer here, and a call to a server whose parser ignores letter case.
  for (const key in value) if (isDisguised(key, MESSAGE_KEYS)) return null;
  const { id, method } = value;
  if (id !== undefined && id !== null && !isId(id)) return null;
  if (typeof method !== "string") {
    const isResponse = method === undefined && (value.result !== undefined || value.error !== undefined);
    return isResponse ? { ...EMPTY, kind: "response", id: id ?? null } : null;
  }
  if (method === "" || id === null) return null;
  const params = isObject(value.params) ? value.params : {};
  const meta = isObject(params._meta) ? params._meta : {};
  const info = method === "initialize" ? params.clientInfo : meta[META_CLIENT_INFO];
  const subjectField = SUBJECT_FIELD.get(method);
  const subject = subjectField === undefined ? null : textOf(params[subjectField]);
  return {
    kind: id === undefined ? "notification" : "request",
    id: id ?? null,
    method,
    tool: method === "tools/call" ? subject : null,
    subject,
    metaVersion: textOf(meta[META_PROTOCOL_VERSION]),
    client: isObject(info) ? { name: textOf(info.name), version: textOf(info.version) } : null,
    cancels: method === "notifications/cancelled" && isId(params.requestId) ? params.requestId : null,
    endUser: textOf(meta[META_END_USER]),
    agentSession: textOf(meta[META_SESSION]),
    toolArguments: method === "tools/call" ? params.arguments : undefined,
  };
}

const EMPTY: InboundMessage = {
  kind: "notification",
  id: null,
  method: null,
  tool: null,
  subject: null,
  metaVersion: null,
  client: null,
  cancels: null,
  endUser: null,
  agentSession: null,
  toolArguments: undefined,
};
