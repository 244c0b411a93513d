import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { migrateDatabase } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Log } from "#lib/telemetry/index.ts";
import { type DatabaseFacts, unfitness } from "./database-fitness.ts";
import { StartError } from "./start-error.ts";

const MIGRATIONS = path.resolve(import.meta.dirname, "../../drizzle/migrations");

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
        `The database at ${where} cannot be used: ${(problem as Error).message}. Check that it runs, and DATABASE_URL.`,
      );
    }
    if (!said)
      log.warn({ code: (problem as { code?: string }).code }, `waiting for the database at ${where}`);
    said = true;
    if (!(await pause(limits.supervisor.databasePollMs, signal)))
      throw new StartError("Stopped before it was ready.");
  }
  try {
    await migrateDatabase(url, MIGRATIONS, Date.now(), limits.storage.partitionsAheadDays);
  } catch (error) {
    log.debug({ err: error }, "the migration failed");
    throw new StartError(`The database at ${where} cannot be prepared: ${firstCause(error)}`, {
      cause: error,
    });
  }
}

/** A failed statement says what it was; why it failed says its cause. */
function firstCause(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return current instanceof Error ? current.message : String(current);
}

async function problemOf(url: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    const [facts] = await sql<DatabaseFacts[]>`
      select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
        current_user as "user", quote_ident(current_user) as quoted_user,
        quote_ident(current_database()) as quoted_database, pg_is_in_recovery() as standby,
        current_setting('transaction_read_only') = 'on' as read_only,
        has_database_privilege(current_database(), 'create')
          and has_schema_privilege('public', 'create') as may_create`;
    const unfit = facts ? unfitness(facts) : null;
    return unfit === null ? null : new StartError(`The database at ${new URL(url).host} ${unfit}`);
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
