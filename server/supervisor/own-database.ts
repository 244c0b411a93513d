import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Config, createFileOnce } from "#lib/config/index.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Log } from "#lib/telemetry/index.ts";
import type { PartState } from "../role.ts";
import { watchDatabase } from "./watch-database.ts";

/** The database that this installation runs itself, kept running. */
export interface OwnDatabase {
  readonly url: string;
  /** Stops the server and the watching. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded database and watches it: when it dies or was told to shut down it is started again on the same
 * port. `onMoved` is called with the new URL in the rare case that the port was taken meanwhile.
 */
export async function runOwnDatabase(
  config: Config,
  log: Log,
  onState: (state: PartState) => void,
  onMoved: (url: string) => void,
): Promise<OwnDatabase> {
  const directory = path.join(config.dataDir, "postgres");
  const password = createFileOnce(path.join(directory, "password"), () => createIdSource().secret(24));
  const start = (port?: number): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ directory, password, ...(port ? { port } : {}) });
  const server = await start();
  log.info({ server: server.pid, port: server.port, adopted: server.adopted }, "the embedded database runs");
  onState("ready");
  const stopping = new AbortController();
  const watching = watchDatabase(server, {
    start,
    log,
    onState,
    onMoved,
    bounds: { ...limits.supervisor, stoppingMs: limits.embeddedDatabase.stoppingMs },
    pause: (ms) => delay(ms, true, { signal: stopping.signal }).catch(() => false),
  });
  return {
    url: server.url,
    async stop() {
      stopping.abort();
      const last = await watching;
      await last.stop();
    },
  };
}
