import { etagOf, type IfMatch } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { Route } from "./define-route.ts";

const LIST = /^(?:(?:W\/)?"[\x21\x23-\x7e]{0,200}"(?:\s*,\s*|$)){1,20}$/;

/** The ETags of an `If-Match`, where the route knows them. Throws `invalid_input` for a header that is none. */
export function ifMatchOf(route: Route, request: Pick<Request, "headers">): IfMatch | undefined {
  const header = request.headers.get("if-match")?.trim();
  if (route.etag === undefined || header === undefined) return undefined;
  if (header === "*") return ["*"];
  if (LIST.test(header)) return header.split(/\s*,\s*/);
  const message = 'Send ETags as they came, e.g. If-Match: "Jx2f…".';
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "If-Match", code: "invalid", message }],
  });
}

/** Names the version of what is answered; null where the route has none. */
export const etagOfAnswer = (route: Route, result: unknown): string | null =>
  route.etag === undefined ? null : etagOf(route.etag(result as never));

/** Whether a reader has this very version already. */
export const isKnown = (request: Pick<Request, "method" | "headers">, etag: string): boolean =>
  (request.method === "GET" || request.method === "HEAD") &&
  (request.headers.get("if-none-match") ?? "").split(/\s*,\s*/).includes(etag);
