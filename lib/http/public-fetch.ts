import { Agent, type RequestInit as UndiciInit, fetch as undiciFetch } from "undici";
import { createPinnedConnector, type ReachOptions } from "#lib/data-plane/network/index.ts";
import type { Doors } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";

/**
 * A `fetch` for URLs that users gave: it resolves a name once and connects only to addresses that tenants' traffic may
 * reach. Our own public origin is always allowed, because that is where we are. Redirects are answered, not followed.
 */
export function createPublicFetch({
  ownOrigin,
  ...reach
}: ReachOptions & { ownOrigin: string }): Doors["publicFetch"] {
  const bounds = {
    headersTimeout: limits.gateways.doctorTimeoutMs,
    bodyTimeout: limits.gateways.doctorTimeoutMs,
    keepAliveTimeout: 1_000,
  };
  const outside = new Agent({ ...bounds, connect: createPinnedConnector(reach) });
  const own = new Agent(bounds);
  return async (url, init = {}) => {
    const dispatcher = new URL(url).origin === ownOrigin ? own : outside;
    // The two fetch implementations differ in their types only.
    const options = { ...init, redirect: "manual", dispatcher } as unknown as UndiciInit;
    return (await undiciFetch(url, options)) as unknown as Response;
  };
}
