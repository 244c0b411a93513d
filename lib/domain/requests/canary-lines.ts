import type { Database } from "#lib/db/index.ts";
import { timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";

/** Whose lines are the platform's own. No organization has this id. */
export const CANARY_ORGANIZATION = "platform";

/** The stored lines of a canary's server that begin with `prefix`, not older than `sinceMs`, in the order of time. */
export async function readCanaryLines(
  { sql }: Database,
  serverId: string,
  prefix: string,
  sinceMs: number,
): Promise<{ message: string; writtenMs: number }[]> {
  const rows = await sql<{ id: string; message: string }[]>`
    select id, message from console_log
    where organization_id = ${CANARY_ORGANIZATION} and server_id = ${serverId} and id >= ${uuid7Floor(sinceMs)}
      and starts_with(message, ${prefix})
    order by id limit ${2 * limits.canary.linesPerRound}`;
  return rows.map(({ id, message }) => ({ message, writtenMs: timeOfUuid7(id) }));
}

/** Deletes what canaries wrote before `beforeMs`, and its counts: they are of use to nobody any more. */
export async function forgetCanaryLines(database: Database, beforeMs: number): Promise<void> {
  const { sql } = database;
  await sql`
    delete from log_counts
    where organization_id = ${CANARY_ORGANIZATION} and start < ${new Date(beforeMs).toISOString()}::timestamptz`;
  await sql`delete from console_log where organization_id = ${CANARY_ORGANIZATION} and id < ${uuid7Floor(beforeMs)}`;
}
