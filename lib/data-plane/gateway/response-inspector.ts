import { limits } from "#lib/kernel/limits.ts";
import { type Answer, readAnswers } from "./answers.ts";
import { JsonSkim } from "./json-skim.ts";
import type { RpcId } from "./messages.ts";
import { isPlainResult } from "./plain-result.ts";
import { SseParser } from "./sse-parser.ts";

/** Reads a copy of what passes. Forwarding never waits for it, and it never holds more than its bound. */
export interface ResponseInspector {
  push(chunk: Buffer): void;
  end(): void;
  /** Whether something may be appended now without damaging what was sent. */
  readonly mayAppend: boolean;
  /** Whether the client can resume this stream elsewhere. */
  readonly isResumable: boolean;
}

/** `bytes` is what the answer took on the wire, when that is known. */
export type OnAnswer = (answer: Answer, bytes: number | null) => void;

/**
 * An inspector for the content type of a response, or null when there is nothing to read. `expectedId` is that of the
 * request when it is the only one.
 */
export function inspectorFor(
  contentType: string,
  expectedId: RpcId,
  onAnswer: OnAnswer,
): ResponseInspector | null {
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === "text/event-stream") return new EventInspector(onAnswer);
  if (mediaType === "application/json") return new BodyInspector(expectedId, onAnswer);
  return null;
}

/** `application/json` of `application/json; charset=utf-8`. */
export const mediaTypeOf = (contentType: string): string => {
  // What nearly everybody sends needs no cutting.
  if (contentType === "application/json" || contentType === "text/event-stream") return contentType;
  const end = contentType.indexOf(";");
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the client will say so; here it is simply no answer.
    return null;
  }
}

class EventInspector implements ResponseInspector {
  readonly #parser: SseParser;
  #isResumable = false;

  constructor(onAnswer: OnAnswer) {
    this.#parser = new SseParser((event) => {
      if (event.hasId) this.#isResumable = true;
      if (!event.data) return;
      for (const answer of readAnswers(parse(event.data))) onAnswer(answer, event.size);
    }, limits.mcp.sseEventBytesMax);
  }

  get mayAppend(): boolean {
    return this.#parser.isBetweenEvents;
  }

  get isResumable(): boolean {
    return this.#isResumable;
  }

  push(chunk: Buffer): void {
    this.#parser.push(chunk);
  }

  end(): void {}
}

class BodyInspector implements ResponseInspector {
  readonly #expectedId: RpcId;
  readonly #onAnswer: OnAnswer;
  readonly mayAppend = false;
  readonly isResumable = false;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #skim: JsonSkim | null = null;

  constructor(expectedId: RpcId, onAnswer: OnAnswer) {
    this.#expectedId = expectedId;
    this.#onAnswer = onAnswer;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#skim) this.#skim.push(chunk);
    else if (this.#bytes <= limits.mcp.inspectBytesMax) this.#chunks.push(chunk);
    else {
      this.#skim = new JsonSkim();
      for (const held of this.#chunks) this.#skim.push(held);
      this.#skim.push(chunk);
      this.#chunks = [];
    }
  }

  end(): void {
    if (this.#skim) {
      const answer = this.#skim.end();
      if (answer) this.#onAnswer(answer, this.#bytes);
      return;
    }
    const [first] = this.#chunks;
    if (!first) return;
    if (this.#chunks.length === 1 && this.#expectedId !== null && isPlainResult(first, this.#expectedId)) {
      this.#onAnswer({ id: this.#expectedId, outcome: "ok", rpcErrorCode: null, error: null }, this.#bytes);
      return;
    }
    const body = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    const answers = readAnswers(parse(body.toString("utf8")));
    for (const answer of answers) this.#onAnswer(answer, answers.length === 1 ? this.#bytes : null);
  }
}
