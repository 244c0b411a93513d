import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory } from "../directory/index.ts";
import { resourceMetadataOf } from "./access/index.ts";
import type { Peer } from "./context.ts";
import { unknownServer } from "./refusals.ts";
import { discardRequestBody } from "./request-body.ts";

/** Any page may read it: it holds nothing but what the challenge of a 401 names. */
const OPEN = [
  "access-control-allow-origin",
  "*",
  "access-control-allow-methods",
  "GET, OPTIONS",
  "access-control-allow-headers",
  "mcp-protocol-version",
  "x-content-type-options",
  "nosniff",
];

/** Answers a request for the metadata document of a gateway's URL. It is nobody's log's business. */
export function answerMetadata(
  { req, res }: Peer,
  publicId: string | null,
  { directory, publicUrl, wireId }: { directory: ServerDirectory; publicUrl: string; wireId: string },
): void {
  discardRequestBody(req);
  const send = (status: number, headers: readonly string[], body: string): void => {
    if (res.headersSent || res.destroyed) return;
    res.writeHead(status, ["x-request-id", wireId, ...OPEN, ...headers]);
    res.end(req.method === "HEAD" ? undefined : body);
  };
  if (req.method === "OPTIONS") {
    send(204, ["allow", "GET, HEAD, OPTIONS", "access-control-max-age", "600"], "");
    return;
  }
  if (req.method !== "GET" && req.method !== "HEAD") {
    const error = new DomainError("method_not_allowed", "The metadata document is read with GET.");
    send(405, ["allow", "GET, HEAD, OPTIONS", ...json(false)], problem(error, wireId));
    return;
  }
  const found = publicId === null ? undefined : directory.byPublicId(publicId);
  const document = found && publicId !== null ? resourceMetadataOf(publicUrl, publicId, found) : null;
  if (document) {
    send(200, json(true), JSON.stringify(document));
    return;
  }
  const error =
    publicId === null
      ? NO_DOCUMENT
      : found
        ? new DomainError("not_found", "This gateway takes no access tokens, so it has no metadata document.")
        : unknownServer(directory.asOfMs > 0);
  const retry = error.retryAfterSeconds;
  send(
    error.code === "unavailable" ? 503 : 404,
    [...json(false), ...(retry === undefined ? [] : ["retry-after", String(retry)])],
    problem(error, wireId),
  );
}

const NO_DOCUMENT = new DomainError(
  "not_found",
  "There is no such document here. That of a server behind a gateway is at /.well-known/oauth-protected-resource/gateway/{id}/mcp; authorization servers publish their own.",
);

const json = (isCacheable: boolean): string[] => [
  "content-type",
  "application/json",
  "cache-control",
  isCacheable ? `public, max-age=${limits.gateways.metadataCacheSeconds}` : "no-store",
];

const problem = (error: DomainError, wireId: string): string =>
  JSON.stringify({ error: error.code, message: `${error.message} (request ${wireId})` });
