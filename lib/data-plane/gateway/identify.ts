import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Source } from "#lib/contract/index.ts";

const SLUG_PATH = /^\/mcp\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\/v\/([0-9A-Za-z.+-]{1,64}))?$/;
const GATEWAY_PATH = /^\/gateway\/([a-z0-9][a-z0-9-]{6,61}[a-z0-9])\/mcp$/;
/** RFC 9728: the well-known name goes between the host and the path of the resource. */
const METADATA = "/.well-known/oauth-protected-resource";
/** Where clients look for an authorization server when nobody named one: we are none, and must say so in JSON. */
const ISSUER_METADATA = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

/** What a URL names. */
export type McpAddress = {
  /** Query string with its question mark, or empty. */
  search: string;
} & (
  | { kind: "direct"; slug: string /** Of the URL of one version. */; semver: string | null }
  | { kind: "gateway"; publicId: string }
  /** The document that tells clients where to get tokens for a gateway's URL. */
  | { kind: "metadata"; publicId: string | null }
  /** Below one of our paths, but names nothing. */
  | { kind: "nothing" }
);

/** Reads a request target; null when it is not the gateway's. */
export function readMcpAddress(url: string): McpAddress | null {
  const query = url.indexOf("?");
  const path = query === -1 ? url : url.slice(0, query);
  const search = query === -1 ? "" : url.slice(query);
  if (isBelow(path, "/mcp")) {
    const match = SLUG_PATH.exec(path);
    return match?.[1] === undefined
      ? { kind: "nothing", search }
      : { kind: "direct", slug: match[1], semver: match[2] ?? null, search };
  }
  if (isBelow(path, "/gateway")) {
    const publicId = GATEWAY_PATH.exec(path)?.[1];
    return publicId === undefined ? { kind: "nothing", search } : { kind: "gateway", publicId, search };
  }
  if (isBelow(path, METADATA)) {
    return {
      kind: "metadata",
      publicId: GATEWAY_PATH.exec(path.slice(METADATA.length))?.[1] ?? null,
      search,
    };
  }
  if (ISSUER_METADATA.some((root) => isBelow(path, root)))
    return { kind: "metadata", publicId: null, search };
  return null;
}

const isBelow = (path: string, root: string): boolean =>
  path.startsWith(root) && (path.length === root.length || path.charCodeAt(root.length) === 47);

/** The public URL of a server behind a gateway. */
export const gatewayUrlOf = (publicUrl: string, publicId: string): string =>
  `${publicUrl}/gateway/${publicId}/mcp`;

/** Where the metadata document of that URL is. */
export const metadataUrlOf = (publicUrl: string, publicId: string): string =>
  `${publicUrl}${METADATA}/gateway/${publicId}/mcp`;

const INTERNAL_SOURCES: ReadonlySet<string> = new Set<Source>(["smoke", "dashboard"]);

/** Who caused a request, as far as the request itself can say. */
export interface Cause {
  readonly source: Source;
  /** A check of ours that wants to be treated as this agent; null for everything else. */
  readonly asAgentId: string | null;
}

const OTHERS: Cause = { source: "external", asAgentId: null };

/**
 * Tells who caused a request. Our own processes say so with the internal secret, compared in constant time; what
 * anybody else claims is ignored.
 */
export function createCauseReader(internalSecret: string): (req: IncomingMessage) => Cause {
  const expected = hash("sha256", internalSecret, "buffer");
  return ({ headers }) => {
    const presented = headers["x-mcpstack-internal"];
    const claimed = headers["x-mcpstack-source"];
    if (typeof presented !== "string" || typeof claimed !== "string") return OTHERS;
    if (!timingSafeEqual(hash("sha256", presented, "buffer"), expected)) return OTHERS;
    if (!INTERNAL_SOURCES.has(claimed)) return OTHERS;
    const agentId = headers["x-mcpstack-as-agent"];
    return { source: claimed as Source, asAgentId: typeof agentId === "string" ? agentId : null };
  };
}
