import type { IncomingHttpHeaders } from "node:http";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Call, keyOfId } from "./calls.ts";
import type { Exchange } from "./exchange.ts";
import { mediaTypeOf } from "./response-inspector.ts";
import { EventRewriter } from "./sse-rewriter.ts";

/**
 * Takes the tools that the caller may not use out of an answer. What passes here is held back as long as needed, never
 * longer than its bound, and an answer that cannot be read becomes an error: never an unfiltered list.
 */
export interface ListFilter {
  /** What may go on now. Throws DomainError. */
  push(chunk: Buffer): Buffer | null;
  /** The rest. Throws DomainError. */
  end(): Buffer | null;
  /** Whether nothing goes on before the end, so that the length is known then. */
  readonly isWhole: boolean;
}

/** Headers without what would no longer be true of a body that was changed. */
export const withoutLength = (headers: IncomingHttpHeaders): IncomingHttpHeaders => ({
  ...headers,
  "content-length": undefined,
  "content-md5": undefined,
  "content-digest": undefined,
  "repr-digest": undefined,
  digest: undefined,
  etag: undefined,
});

const LIST_METHOD = "tools/list";

/**
 * The filter for an answer of this exchange; null when nothing in it can be a list of tools. A list may also come on
 * the stream that a legacy client resumes, on behalf of a request that was sent before.
 */
export function listFilterFor(
  exchange: Exchange,
  answer: { status: number; contentType: string; length: number },
): ListFilter | null {
  const { toolFilter, calls, server } = exchange;
  // No client reads a list from an answer that says that there is none.
  if (toolFilter === null || answer.status < 200 || answer.status > 299) return null;
  const asksForList = calls.some(({ method }) => method === LIST_METHOD);
  const mediaType = mediaTypeOf(answer.contentType);
  const isStream = mediaType === "text/event-stream";
  const mayReplay = isStream && calls.some(({ kind, method }) => kind === "listen" && method === null);
  if (!asksForList && !mayReplay) return null;
  const isEmpty = answer.length === 0 || answer.status === 202 || answer.status === 204;
  if (isEmpty) return null;
  if (!isStream && mediaType !== "application/json") throw unreadable(server.kind);
  if (!isStream && answer.length > limits.gateways.filteredListBytesMax) throw tooLarge();
  const rewrite = (message: unknown): unknown => filterMessage(message, calls, toolFilter);
  return isStream
    ? new EventFilter((data) => rewriteEvent(data, rewrite, () => unreadable(server.kind)))
    : new BodyFilter(rewrite, () => unreadable(server.kind));
}

const unreadable = (kind: "hosted" | "connected"): DomainError =>
  new DomainError(
    kind === "hosted" ? "runtime_failed" : "upstream_failed",
    "The server's list of tools could not be read, so the tools that you may not use could not be taken out. Its owner should check its answer to tools/list.",
    { retryable: false },
  );

const tooLarge = (): DomainError =>
  new DomainError(
    "payload_too_large",
    `The list of tools is larger than ${limits.gateways.filteredListBytesMax} bytes, the most from which tools can be taken out. Its owner should list fewer tools per page.`,
    { details: { bytesMax: limits.gateways.filteredListBytesMax }, retryable: false },
  );

const tooMany = (): DomainError =>
  new DomainError(
    "payload_too_large",
    `The list holds more than ${limits.gateways.filteredToolsMax} tools, the most from which some can be taken out. Its owner should list fewer tools per page.`,
    { details: { toolsMax: limits.gateways.filteredToolsMax }, retryable: false },
  );

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The message with fewer tools; the same object when it is no list of tools. */
function filterMessage(
  message: unknown,
  calls: readonly Call[],
  isAllowed: (tool: string) => boolean,
): unknown {
  if (Array.isArray(message)) return message.map((item) => filterMessage(item, calls, isAllowed));
  if (!isObject(message) || !isObject(message.result) || !Array.isArray(message.result.tools)) return message;
  const { id } = message;
  const key = typeof id === "string" || typeof id === "number" ? keyOfId(id) : null;
  // A batch may use one id for several requests: then this may be the list.
  const asked = calls.filter((call) => call.key !== null && call.key === key);
  if (asked.length > 0 && asked.every(({ method }) => method !== LIST_METHOD)) return message;
  if (message.result.tools.length > limits.gateways.filteredToolsMax) throw tooMany();
  const tools = message.result.tools.filter(
    (tool: unknown) => isObject(tool) && typeof tool.name === "string" && isAllowed(tool.name),
  );
  return { ...message, result: { ...message.result, tools } };
}

/** The data of an event with fewer tools; null when the event may pass as it is. */
function rewriteEvent(
  data: string,
  rewrite: (message: unknown) => unknown,
  unreadableEvent: () => DomainError,
): string | null {
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    // Some clients read more than JSON is, e.g. NaN, and would find the list.
    if (/^\s*[[{]/.test(data)) throw unreadableEvent();
    return null;
  }
  const rewritten = rewrite(message);
  return rewritten === message ? null : JSON.stringify(rewritten);
}

class EventFilter implements ListFilter {
  readonly isWhole = false;
  readonly #rewriter: EventRewriter;

  constructor(rewrite: (data: string) => string | null) {
    this.#rewriter = new EventRewriter(rewrite, limits.gateways.filteredListBytesMax);
  }

  push(chunk: Buffer): Buffer | null {
    const passed = this.#rewriter.push(chunk);
    if (passed === "too large") throw tooLarge();
    return passed;
  }

  /** What is held is an event without its end, which clients ignore. */
  end(): null {
    return null;
  }
}

class BodyFilter implements ListFilter {
  readonly isWhole = true;
  readonly #rewrite: (message: unknown) => unknown;
  readonly #unreadable: () => DomainError;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(rewrite: (message: unknown) => unknown, unreadable: () => DomainError) {
    this.#rewrite = rewrite;
    this.#unreadable = unreadable;
  }

  push(chunk: Buffer): null {
    this.#bytes += chunk.length;
    if (this.#bytes > limits.gateways.filteredListBytesMax) {
      this.#chunks = [];
      throw tooLarge();
    }
    this.#chunks.push(chunk);
    return null;
  }

  end(): Buffer {
    const body = Buffer.concat(this.#chunks);
    if (body.length === 0) return body;
    let message: unknown;
    try {
      message = JSON.parse(body.toString("utf8"));
    } catch {
      throw this.#unreadable();
    }
    // Always written anew: what another parser would read differently does not pass.
    return Buffer.from(JSON.stringify(this.#rewrite(message)));
  }
}
