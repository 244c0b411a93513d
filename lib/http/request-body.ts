import type { z } from "zod";
import { parseInput } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isRawBody, type RawBody, type RawBodyValue, type Route } from "./define-route.ts";
import { parseJson } from "./json-body.ts";

/**
 * The parsed body of a route's request, or undefined when the route takes none. Media type and announced length are
 * checked before a byte is read, and reading stops at the limit whatever was announced.
 */
export async function readBody(route: Route, request: Request): Promise<unknown> {
  const { body } = route;
  if (body === undefined) return undefined;
  requireIdentityEncoding(request);
  return isRawBody(body) ? readRaw(body, request) : readJson(route, body, request);
}

async function readJson(route: Route, schema: z.ZodType, request: Request): Promise<unknown> {
  const isAbsent = request.body === null || request.headers.get("content-length") === "0";
  if (isAbsent && route.bodyOptional) return parseInput(schema, {});
  requireMediaType(request, ["application/json"]);
  const bytes = await readBytes(request, limits.http.bodyBytesMax);
  if (bytes.length === 0 && route.bodyOptional) return parseInput(schema, {});
  return parseInput(schema, parseJson(bytes, limits.http.jsonDepthMax));
}

async function readRaw(body: RawBody, request: Request): Promise<RawBodyValue> {
  const contentType = requireMediaType(request, body.raw);
  return { bytes: await readBytes(request, body.bytesMax), contentType };
}

function requireMediaType(request: Request, accepted: readonly string[]): string {
  const [type = "", ...parameters] = (request.headers.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((parameter) => parameter.trim()).find((text) => text.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset);
  if (accepted.includes(type.trim()) && isUtf8) return type.trim();
  throw new DomainError(
    "unsupported_media_type",
    `Send the body as ${accepted.join(" or ")}${isUtf8 ? "" : " in UTF-8"}.`,
    { details: { accepted } },
  );
}

function requireIdentityEncoding(request: Request): void {
  const encoding = request.headers.get("content-encoding");
  if (encoding === null || encoding.toLowerCase() === "identity") return;
  throw new DomainError("unsupported_media_type", "Send the body without Content-Encoding.");
}

const tooLarge = (bytesMax: number) =>
  new DomainError("payload_too_large", `The body is larger than ${bytesMax} bytes.`, {
    details: { bytesMax },
  });

/** The whole body; throws `payload_too_large` as soon as it is known to exceed `bytesMax`. */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge(bytesMax);
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > bytesMax) {
      await reader.cancel("too large");
      throw tooLarge(bytesMax);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
