import type { IncomingMessage, ServerResponse } from "node:http";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";

/** With the body, or with the reason to refuse it; null when the client went away. */
type OnBody = (body: Buffer | DomainError | null, bytes: number) => void;

/**
 * Reads a request body up to `bytesMax` within its time limit and calls back once. A declared length above the bound is
 * refused before anything is read.
 */
export function readRequestBody(
  req: IncomingMessage,
  res: ServerResponse,
  { bytesMax, deadlines, nowMs }: { bytesMax: number; deadlines: Deadlines; nowMs: number },
  onBody: OnBody,
): void {
  const declared = Number(req.headers["content-length"] ?? 0);
  if (declared > bytesMax) {
    onBody(tooLarge(bytesMax), declared);
    return;
  }
  if (req.headers.expect !== undefined) res.writeContinue();
  const reading = new BodyReading(bytesMax, nowMs, deadlines, onBody);
  deadlines.add(reading);
  req.on("data", (chunk: Buffer) => reading.take(chunk));
  req.on("end", () => reading.finish("end"));
  req.on("close", () => reading.finish(null));
}

/** Listeners stay when it is over: taking them off again costs more than a call that does nothing. */
class BodyReading implements Deadline {
  readonly deadlineMs: number;
  readonly #bytesMax: number;
  readonly #deadlines: Deadlines;
  readonly #onBody: OnBody;
  #chunks: Buffer[] | null = [];
  #bytes = 0;

  constructor(bytesMax: number, nowMs: number, deadlines: Deadlines, onBody: OnBody) {
    this.deadlineMs = nowMs + limits.mcp.requestBodyTimeoutMs;
    this.#bytesMax = bytesMax;
    this.#deadlines = deadlines;
    this.#onBody = onBody;
  }

  take(chunk: Buffer): void {
    if (this.#chunks === null) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bytesMax) this.finish(tooLarge(this.#bytesMax));
    else this.#chunks.push(chunk);
  }

  onDeadline(): void {
    const seconds = limits.mcp.requestBodyTimeoutMs / 1000;
    const message = `The request body did not arrive within ${seconds} s. Send it again.`;
    this.finish(new DomainError("timeout", message, { details: { httpStatus: 408 } }));
  }

  finish(result: "end" | DomainError | null): void {
    const chunks = this.#chunks;
    if (chunks === null) return;
    this.#chunks = null;
    this.#deadlines.remove(this);
    const [first] = chunks;
    const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    this.#onBody(result === "end" ? body : result, this.#bytes);
  }
}

/**
 * Lets the client read an answer that was sent before its body had arrived: throws a bounded amount away, reads no
 * more, and ends the connection after a while. Closing at once would reset it and lose the answer.
 */
export function discardRequestBody(req: IncomingMessage): void {
  if (req.complete || req.destroyed) return;
  let bytes = 0;
  const timer = setTimeout(() => {
    if (!req.complete) req.socket.destroy();
  }, limits.mcp.discardMs);
  timer.unref();
  req.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.mcp.discardBytesMax) req.pause();
  });
  req.once("close", () => clearTimeout(timer));
  req.once("end", () => clearTimeout(timer));
  req.resume();
}

const tooLarge = (bytesMax: number): DomainError =>
  new DomainError(
    "payload_too_large",
    `The request body is larger than ${bytesMax} bytes, the most this server accepts. Send less.`,
    { details: { bytesMax } },
  );
