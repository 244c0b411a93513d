import type { IncomingMessage } from "node:http";

/** Why there is no body: it is longer than allowed, did not come in time, or its sender went away. */
export type NoBody = "too_large" | "too_slow" | "gone";

/** The body as it came, byte for byte. Stops reading where its bound is crossed. */
export function readBounded(
  req: IncomingMessage,
  { bytesMax, timeoutMs }: { bytesMax: number; timeoutMs: number },
): Promise<Uint8Array | NoBody> {
  if (Number(req.headers["content-length"] ?? 0) > bytesMax) return Promise.resolve("too_large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (body: Uint8Array | NoBody): void => {
      clearTimeout(timer);
      req.off("data", onData);
      resolve(body);
    };
    const timer = setTimeout(() => end("too_slow"), timeoutMs);
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > bytesMax) end("too_large");
      else chunks.push(chunk);
    };
    req.on("data", onData);
    req.once("end", () => end(Buffer.concat(chunks)));
    req.once("close", () => end("gone"));
    req.once("error", () => end("gone"));
  });
}
