import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { type Config, createFileOnce } from "#lib/config/index.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { migrateDatabase } from "#lib/db/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Log } from "#lib/telemetry/index.ts";
import type { PartState } from "../role.ts";
import { StartError } from "./start-error.ts";

const MIGRATIONS = path.resolve(import.meta.dirname, "../../drizzle/migrations");
/** `server_version_num` of the oldest PostgreSQL that the product's SQL runs on. */
const VERSION_MIN = 150_000;

/** The database that this installation runs itself, kept running. */
export interface OwnDatabase {
  readonly url: string;
  /** Stops the server and the watching. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded database and watches it: when it dies it is started again on the same port. `onMoved` is called
 * with the new URL in the rare case that the port was taken meanwhile.
 */
export async function runOwnDatabase(
  config: Config,
  log: Log,
  onState: (state: PartState) => void,
  onMoved: (url: string) => void,
): Promise<OwnDatabase> {
  const directory = path.join(config.dataDir, "postgres");
  const password = createFileOnce(path.join(directory, "password"), () => createIdSource().secret(24));
  const start = (port?: number) => startEmbeddedPostgres({ directory, password, ...(port ? { port } : {}) });
  let server: EmbeddedPostgres = await start();
  const stopping = new AbortController();
  log.info({ server: server.pid, port: server.port, adopted: server.adopted }, "the embedded database runs");

  const keepLogSmall = () => {
    try {
      server.keepLogSmall();
    } catch (error) {
      log.warn({ err: error }, "the database's message file cannot be kept small");
    }
  };
  const watch = async () => {
    while (await pause(limits.supervisor.databasePollMs, stopping.signal)) {
      if (server.isAlive()) {
        keepLogSmall();
        continue;
      }
      onState("down");
      log.error({ server: server.pid }, "the embedded database ended; starting it again");
      const moved = await restart();
      if (moved) onMoved(server.url);
    }
  };
  const restart = async (): Promise<boolean> => {
    const { port } = server;
    let delayMs: number = limits.supervisor.restartDelayMsMin;
    for (;;) {
      try {
        server = await start(port);
        onState("ready");
        log.info({ server: server.pid, port: server.port }, "the embedded database runs again");
        return server.port !== port;
      } catch (error) {
        log.error({ err: error, delayMs }, "the embedded database does not start; trying again");
        if (!(await pause(delayMs, stopping.signal))) return false;
        delayMs = Math.min(delayMs * 2, limits.supervisor.restartDelayMsMax);
      }
    }
  };
  const watching = watch();
  onState("ready");
  return {
    url: server.url,
    async stop() {
      stopping.abort();
      await watching;
      await server.stop();
    },
  };
}

/**
 * Waits for the database, checks its version and brings it to the newest schema. Throws StartError with what to do.
 * Gives up the waiting when `signal` is aborted.
 */
export async function prepareDatabase(url: string, log: Log, signal?: AbortSignal): Promise<void> {
  const where = new URL(url).host;
  const deadlineMs = performance.now() + limits.supervisor.databaseWaitMs;
  let said = false;
  for (;;) {
    const problem = await problemOf(url);
    if (problem === null) break;
    if (problem instanceof StartError) throw problem;
    if (!isPassing(problem) || performance.now() > deadlineMs) {
      throw new StartError(
        `The database at ${where} cannot be used: ${(problem as Error).message}. Check DATABASE_URL.`,
      );
    }
    if (!said)
      log.warn({ code: (problem as { code?: string }).code }, `waiting for the database at ${where}`);
    said = true;
    if (!(await pause(limits.supervisor.databasePollMs, signal)))
      throw new StartError("Stopped before it was ready.");
  }
  await migrateDatabase(url, MIGRATIONS, Date.now(), limits.storage.partitionsAheadDays);
}

async function problemOf(url: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    const [row] = await sql<{ version: string; number: number }[]>`
      select current_setting('server_version') as version, current_setting('server_version_num')::int as number`;
    if (row && row.number >= VERSION_MIN) return null;
    return new StartError(
      `The database at ${new URL(url).host} is PostgreSQL ${row?.version}; 15 or newer is needed.`,
    );
  } catch (error) {
    return error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Not there yet, or just starting. */
const isPassing = (problem: unknown): boolean =>
  [
    "ECONNREFUSED",
    "ECONNRESET",
    "EAI_AGAIN",
    "ENOTFOUND",
    "CONNECT_TIMEOUT",
    "CONNECTION_CLOSED",
    "57P03",
  ].includes((problem as { code?: string }).code ?? "");

/** False when `signal` ended the wait. */
const pause = (ms: number, signal?: AbortSignal): Promise<boolean> =>
  delay(ms, true, signal ? { signal } : {}).catch(() => false);
