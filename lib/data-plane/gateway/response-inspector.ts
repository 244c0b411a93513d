import { limits } from "#lib/kernel/limits.ts";
import { type Answer, readAnswers } from "./answers.ts";
import type { AnswerOnWire } from "./calls.ts";
import { JsonSkim } from "./json-skim.ts";
import type { RpcId } from "./messages.ts";
import { isPlainResult } from "./plain-result.ts";
import { type Said, saidInBytes, saidInPart, saidInText } from "./said.ts";
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

export type OnAnswer = (answer: Answer, wire: AnswerOnWire) => void;

export interface InspectorOptions {
  onAnswer: OnAnswer;
  /** Whether what was said goes with the answer. */
  isRecorded: boolean;
}

/**
 * An inspector for the content type of a response, or null when there is nothing to read. `expectedId` is that of the
 * request when it is the only one.
 */
export function inspectorFor(
  contentType: string,
  expectedId: RpcId,
  options: InspectorOptions,
): ResponseInspector | null {
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === "text/event-stream") return new EventInspector(options);
  if (mediaType === "application/json") return new BodyInspector(expectedId, options);
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

/** Tells the answers in `message`, of `bytes` on the wire; `text` is what it came as. */
function tellAnswers(
  message: unknown,
  { bytes, text }: { bytes: number; text: () => Said },
  { onAnswer, isRecorded }: InspectorOptions,
): void {
  const answers = readAnswers(message);
  const ownBytes = answers.length === 1 ? bytes : null;
  if (isRecorded && Array.isArray(message)) {
    for (const item of message.slice(0, limits.mcp.batchMessagesMax)) {
      for (const answer of readAnswers([item])) {
        onAnswer(answer, { bytes: ownBytes, said: saidInPart(item) });
      }
    }
    return;
  }
  for (const answer of answers) onAnswer(answer, { bytes: ownBytes, said: isRecorded ? text() : null });
}

class EventInspector implements ResponseInspector {
  readonly #parser: SseParser;
  #isResumable = false;

  constructor(options: InspectorOptions) {
    this.#parser = new SseParser(({ data, hasId, size }) => {
      if (hasId) this.#isResumable = true;
      if (!data) return;
      tellAnswers(parse(data), { bytes: size, text: () => saidInText(data, size) }, options);
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
  readonly #options: InspectorOptions;
  readonly mayAppend = false;
  readonly isResumable = false;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #skim: JsonSkim | null = null;
  /** The beginning of a body that is not held as a whole; of recorded ones only. */
  #head: Said | null = null;

  constructor(expectedId: RpcId, options: InspectorOptions) {
    this.#expectedId = expectedId;
    this.#options = options;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#skim) this.#skim.push(chunk);
    else if (this.#bytes <= limits.mcp.inspectBytesMax) this.#chunks.push(chunk);
    else {
      this.#skim = new JsonSkim();
      if (this.#options.isRecorded) this.#head = saidInBytes([...this.#chunks, chunk], this.#bytes);
      for (const held of this.#chunks) this.#skim.push(held);
      this.#skim.push(chunk);
      this.#chunks = [];
    }
  }

  end(): void {
    const { onAnswer, isRecorded } = this.#options;
    const bytes = this.#bytes;
    if (this.#skim) {
      const answer = this.#skim.end();
      if (answer) onAnswer(answer, { bytes, said: this.#head === null ? null : { ...this.#head, bytes } });
      return;
    }
    const [first] = this.#chunks;
    if (!first) return;
    const text = (): Said => saidInBytes(this.#chunks, bytes);
    if (this.#chunks.length === 1 && this.#expectedId !== null && isPlainResult(first, this.#expectedId)) {
      const answer: Answer = { id: this.#expectedId, outcome: "ok", rpcErrorCode: null, error: null };
      onAnswer(answer, { bytes, said: isRecorded ? text() : null });
      return;
    }
    const body = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    tellAnswers(parse(body.toString("utf8")), { bytes, text }, this.#options);
  }
}
