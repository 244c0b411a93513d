import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Source } from "#lib/contract/index.ts";

const SLUG_PATH = /^\/mcp\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/;

/** What a URL names. */
export interface McpAddress {
  /** Null when the path is below `/mcp` but names no server. */
  slug: string | null;
  /** Query string with its question mark, or empty. */
  search: string;
}

/** Reads a request target; null when it is not the gateway's. */
export function readMcpAddress(url: string): McpAddress | null {
  if (!url.startsWith("/mcp")) return null;
  const query = url.indexOf("?");
  const path = query === -1 ? url : url.slice(0, query);
  if (path !== "/mcp" && !path.startsWith("/mcp/")) return null;
  return { slug: SLUG_PATH.exec(path)?.[1] ?? null, search: query === -1 ? "" : url.slice(query) };
}

const INTERNAL_SOURCES: ReadonlySet<string> = new Set<Source>(["smoke", "dashboard"]);

/**
 * Tells who caused a request. Our own processes say so with the internal secret, compared in constant time; what
 * anybody else claims is ignored.
 */
export function createSourceReader(internalSecret: string): (req: IncomingMessage) => Source {
  const expected = hash("sha256", internalSecret, "buffer");
  return (req) => {
    const presented = req.headers["x-mcpstack-internal"];
    const claimed = req.headers["x-mcpstack-source"];
    if (typeof presented !== "string" || typeof claimed !== "string") return "external";
    if (!timingSafeEqual(hash("sha256", presented, "buffer"), expected)) return "external";
    return INTERNAL_SOURCES.has(claimed) ? (claimed as Source) : "external";
  };
}
