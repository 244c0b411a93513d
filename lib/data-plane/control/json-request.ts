import type { IncomingMessage } from "node:http";
import { DomainError } from "#lib/kernel/errors.ts";

/** A request body as JSON, at most `bytesMax`. Throws `payload_too_large` or `invalid_input`. */
export async function readJson(req: IncomingMessage, bytesMax: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax)
      throw new DomainError("payload_too_large", `The body is larger than ${bytesMax} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw new DomainError("invalid_input", "The body is not JSON.", { cause: error });
  }
}
