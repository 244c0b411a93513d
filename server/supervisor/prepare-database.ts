import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { migrateDatabase } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Log } from "#lib/telemetry/index.ts";
import { StartError } from "./start-error.ts";

const MIGRATIONS = path.resolve(import.meta.dirname, "../../drizzle/migrations");
/** `server_version_num` of the oldest PostgreSQL that the product's SQL runs on. */
const VERSION_MIN = 150_000;

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
