import { type buildConnector, Pool } from "undici";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory, ServerEntry } from "../directory/index.ts";
import type { RuntimeDriver, RuntimeLease } from "../hosting/index.ts";
import type { Exchange } from "./exchange.ts";

/** Where one exchange goes. The same shape for our own runtimes and for other people's servers. */
export type Target = Pick<RuntimeLease, "dispatcher" | "origin" | "path" | "exit" | "stay" | "end"> & {
  readonly versionId: string | null;
  /** Of the version that answers; null for servers that we do not run. */
  readonly semver: string | null;
  readonly sha256: string | null;
};

export interface TargetsOptions {
  directory: ServerDirectory;
  driver: RuntimeDriver;
  /** Connects to upstreams of connected servers; refuses addresses that they must not name. */
  connect: buildConnector.connector;
}

/** Finds the target of an exchange and keeps the connections to upstreams. */
export interface Targets {
  /** Throws, or rejects with, the DomainErrors of `RuntimeDriver.lease`. The caller ends the target exactly once. */
  find(exchange: Exchange): Target | Promise<Target>;
  close(): Promise<void>;
}

interface Upstream extends Target {
  /** The URL as it is configured. */
  readonly of: string;
  readonly dispatcher: Pool;
}

/** What a server that we do not run has to say about its process. */
const NOT_OURS = {
  versionId: null,
  semver: null,
  sha256: null,
  exit: () => null,
  end: () => undefined,
} as const;

export function createTargets({ directory, driver, connect }: TargetsOptions): Targets {
  const upstreams = new Map<string, Upstream>();

  /** Where a connected server is; taken apart once for each URL, not for each call. */
  const upstreamOf = (server: ServerEntry): Upstream => {
    const known = upstreams.get(server.id);
    if (known && known.of === server.upstreamUrl) return known;
    if (server.upstreamUrl === null || !URL.canParse(server.upstreamUrl)) {
      throw new DomainError(
        "upstream_failed",
        "This server has no valid upstream URL. Set one in its settings.",
      );
    }
    if (known) void known.dispatcher.close();
    const { origin, pathname, search } = new URL(server.upstreamUrl);
    const dispatcher = new Pool(origin, {
      connect,
      connections: limits.mcp.upstreamConnectionsPerServerMax,
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const upstream = { ...NOT_OURS, of: server.upstreamUrl, dispatcher, origin, path: pathname + search };
    upstreams.set(server.id, upstream);
    return upstream;
  };

  const stopWatching = directory.onChange(({ before, after }) => {
    if (!before || after?.upstreamUrl === before.upstreamUrl) return;
    const known = upstreams.get(before.id);
    upstreams.delete(before.id);
    // Exchanges that are under way finish on the old connections.
    void known?.dispatcher.close();
  });

  return {
    find: ({ server, requestId, version }) => {
      if (server.kind === "hosted") return driver.lease(server, requestId, version);
      return upstreamOf(server);
    },
    close: async () => {
      stopWatching();
      await Promise.all([...upstreams.values()].map(({ dispatcher }) => dispatcher.destroy()));
      upstreams.clear();
    },
  };
}
