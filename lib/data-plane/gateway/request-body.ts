import type { IncomingMessage, ServerResponse } from "node:http";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

/**
 * Reads a request body up to `bytesMax` within its time limit and calls back once: with the body, or with the reason
 * to refuse it. A declared length above the bound is refused before anything is read. Calls back with null when the
 * client went away.
 */
export function readRequestBody(
  req: IncomingMessage,
  res: ServerResponse,
  bytesMax: number,
  onBody: (body: Buffer | DomainError | null, bytes: number) => void,
): void {
  const declared = Number(req.headers["content-length"] ?? 0);
  if (declared > bytesMax) {
    onBody(tooLarge(bytesMax), declared);
    return;
  }
  if (req.headers.expect !== undefined) res.writeContinue();
  let chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (result: Buffer | DomainError | null): void => {
    clearTimeout(timer);
    req.off("data", onData);
    req.off("end", onEnd);
    req.off("close", onClose);
    chunks = [];
    onBody(result, bytes);
  };
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > bytesMax) finish(tooLarge(bytesMax));
    else chunks.push(chunk);
  };
  const onEnd = (): void => {
    const [first] = chunks;
    finish(chunks.length === 1 && first ? first : Buffer.concat(chunks));
  };
  const onClose = (): void => finish(null);
  const timer = setTimeout(() => {
    const seconds = limits.mcp.requestBodyTimeoutMs / 1000;
    finish(
      new DomainError("timeout", `The request body did not arrive within ${seconds} s. Send it again.`, {
        details: { httpStatus: 408 },
      }),
    );
  }, limits.mcp.requestBodyTimeoutMs);
  req.on("data", onData);
  req.on("end", onEnd);
  req.on("close", onClose);
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
