import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type {
  AgentEntry,
  DirectorySnapshot,
  GatewayEntry,
  KeyEntry,
  ServerDirectory,
  ServerEntry,
  VersionRef,
} from "./entry.ts";
import { isSameAgent, isSameEntry, isSameGateway, isSameKey, keepSame } from "./same-entry.ts";
import { VersionMemory } from "./version-memory.ts";

/** Subscribes to configuration changes; calls back on each one and whenever the subscription is (re)made. */
export type ListenForChanges = (
  onChange: () => void,
  onListening: () => void,
) => Promise<() => Promise<void>>;

export interface ServerDirectoryOptions {
  /** Reads everything from the database. May fail; the last snapshot then stays. */
  load(): Promise<DirectorySnapshot>;
  /** Reads one published version; null when there is none. */
  loadVersion(server: ServerEntry, named: { semver: string } | { id: string }): Promise<VersionRef | null>;
  listen?: ListenForChanges;
  clock: Clock;
  log: Log;
  /** Milliseconds between reads without a notification. Default: `limits.mcp.directoryRefreshMs`. */
  refreshMs?: number;
}

/** A directory that keeps itself up to date between `start` and `close`. */
export interface RefreshingDirectory extends ServerDirectory {
  /** Begins listening and reading by time. Resolves after the first read, good or bad; never rejects. */
  start(): Promise<void>;
  /** Resolves when a read that began after this call is in place; rejects with `unavailable` when that read failed. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

interface Change<Entry> {
  before?: Entry;
  after?: Entry;
}
type Listener<Entry> = (change: Change<Entry>) => void;

/** Holds all servers in memory. Reads never overlap: whoever asks during a read shares the next one. */
export function createServerDirectory(options: ServerDirectoryOptions): RefreshingDirectory {
  const { load, clock, log, refreshMs = limits.mcp.directoryRefreshMs } = options;
  const listeners = new Set<Listener<ServerEntry>>();
  const agentListeners = new Set<Listener<AgentEntry>>();
  let byId = new Map<string, ServerEntry>();
  let bySlug = new Map<string, ServerEntry>();
  let byPublicId = new Map<string, ServerEntry>();
  let gateways = new Map<string, GatewayEntry>();
  let agents = new Map<string, AgentEntry>();
  let keys: ReadonlyMap<string, KeyEntry> = new Map();
  const versions = new VersionMemory(options.loadVersion);
  let asOfMs = 0;
  let isFailing = false;
  let isClosed = false;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopListening: (() => Promise<void>) | null = null;
  const closing = new AbortController();

  const tell = <Entry>(listeners: Iterable<Listener<Entry>>, change: Change<Entry>): void => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        log.error({ err: error }, "a listener of the server directory failed");
      }
    }
  };

  const tellChanges = <Entry>(
    listeners: Iterable<Listener<Entry>>,
    before: ReadonlyMap<string, Entry>,
    now: ReadonlyMap<string, Entry>,
  ): void => {
    for (const [id, after] of now) {
      const old = before.get(id);
      if (old !== after) tell(listeners, old ? { before: old, after } : { after });
    }
    for (const [id, old] of before) if (!now.has(id)) tell(listeners, { before: old });
  };

  const install = ({ servers: rows, ...read }: DirectorySnapshot): void => {
    const kept = rows.slice(0, limits.mcp.directorySizeMax);
    if (kept.length < rows.length) {
      log.error({ servers: rows.length, served: kept.length }, "too many servers for one edge");
    }
    const before = byId;
    const entries = keepSame(
      before,
      kept.map((row) => [row.id, row] as const),
      isSameEntry,
    );
    byId = entries;
    bySlug = new Map([...entries.values()].map((entry) => [entry.slug, entry]));
    byPublicId = new Map(
      [...entries.values()].flatMap((entry) => (entry.gateway ? [[entry.gateway.publicId, entry]] : [])),
    );
    gateways = keepSame(
      gateways,
      read.gateways.map((gateway) => [gateway.id, gateway] as const),
      isSameGateway,
    );
    keys = keepSame(keys, read.keys, isSameKey);
    const agentsBefore = agents;
    agents = keepSame(
      agentsBefore,
      read.agents.map((agent) => [agent.id, agent] as const),
      isSameAgent,
    );
    tellChanges(listeners, before, entries);
    tellChanges(agentListeners, agentsBefore, agents);
  };

  const read = async (): Promise<void> => {
    const startedMs = clock.nowMs();
    try {
      const snapshot = await load();
      if (isClosed) return;
      install(snapshot);
      asOfMs = startedMs;
      if (isFailing) log.info({ servers: byId.size }, "the server directory is up to date again");
      isFailing = false;
    } catch (error) {
      if (!isFailing) {
        log.warn(
          { err: error, servers: byId.size },
          "cannot read the servers; the last known ones keep serving",
        );
      }
      isFailing = true;
      throw new DomainError("unavailable", "The configuration could not be read from the database.", {
        cause: error,
      });
    }
  };

  const refresh = (): Promise<void> => {
    if (next) return next;
    const begin = (): Promise<void> => {
      next = null;
      running = read().finally(() => {
        running = null;
      });
      return running;
    };
    if (!running) return begin();
    next = running.then(begin, begin);
    return next;
  };

  const refreshQuietly = (): Promise<void> =>
    refresh().catch((error: unknown) => {
      log.debug({ err: error }, "a read of the servers failed");
    });

  const schedule = (): void => {
    if (isClosed) return;
    timer = setTimeout(() => void refreshQuietly().then(schedule), refreshMs);
    timer.unref();
  };

  /** Tries until it listens: a database that was away at the start would else be heard by time only, for ever. */
  const subscribe = async (listen: ListenForChanges): Promise<void> => {
    const { listenRetryMs } = limits.mcp;
    for (let attempt = 1; !isClosed; attempt++) {
      try {
        const stop = await listen(
          () => void refreshQuietly(),
          () => void refreshQuietly(),
        );
        if (isClosed) await stop();
        else stopListening = stop;
        return;
      } catch (error) {
        if (attempt === 1)
          log.warn({ err: error }, "cannot listen for configuration changes yet; they arrive by time only");
        // An aborted wait ends the loop by `isClosed`.
        await delay(listenRetryMs, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
      }
    }
  };

  return {
    bySlug: (slug) => bySlug.get(slug),
    byId: (id) => byId.get(id),
    all: () => byId.values(),
    byPublicId: (publicId) => {
      const server = byPublicId.get(publicId);
      const gateway = server?.gateway ? gateways.get(server.gateway.id) : undefined;
      return server && gateway ? { server, gateway } : undefined;
    },
    gatewayById: (id) => gateways.get(id),
    agentById: (id) => agents.get(id),
    keyByHash: (hash) => keys.get(hash),
    publishedVersion: (server, named) => versions.find(server, named),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onAgentChange: (listener) => {
      agentListeners.add(listener);
      return () => void agentListeners.delete(listener);
    },
    get asOfMs() {
      return asOfMs;
    },
    refresh,
    start: async () => {
      // The subscription may take as long as the database is away; nobody waits for it.
      if (options.listen) void subscribe(options.listen);
      await refreshQuietly();
      schedule();
    },
    close: async () => {
      isClosed = true;
      closing.abort();
      if (timer) clearTimeout(timer);
      listeners.clear();
      agentListeners.clear();
      await stopListening?.();
    },
  };
}
