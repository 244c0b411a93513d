import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON; throws when it is not. */
  json<T = JsonRpcError>(): T;
}

export interface JsonRpcError {
  id: string | number | null;
  error: { code: number; message: string; data: { code: string; requestId: string; retryable: boolean } };
}

export interface RawRequest {
  method?: string;
  headers?: Record<string, string | string[]>;
  /** Sent as it is; an object is written as JSON. */
  body?: string | Buffer | object;
}

const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** Opens a request without ending it. */
export function openRequest(url: string, { method = "POST", headers = {} }: RawRequest = {}): ClientRequest {
  return request(url, {
    method,
    headers: method === "POST" ? { ...HEADERS, ...headers } : headers,
    agent: false,
  });
}

/** Waits for the headers of an answer. */
export const responseOf = (req: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    req.once("response", resolve);
    req.once("error", reject);
  });

/** One request from beginning to end, without any help from a client library. */
export async function rawRequest(url: string, input: RawRequest = {}): Promise<RawAnswer> {
  const req = openRequest(url, input);
  const { body } = input;
  const response = responseOf(req);
  req.end(typeof body === "object" && !Buffer.isBuffer(body) ? JSON.stringify(body) : body);
  const res = await response;
  const chunks: Buffer[] = [];
  for await (const chunk of res as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  return { status: res.statusCode ?? 0, headers: res.headers, text, json: () => JSON.parse(text) };
}

/** A JSON-RPC call of a tool. */
export const toolCall = (id: string | number, name = "echo", args: object = {}): object => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});
