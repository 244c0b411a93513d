import type { Database } from "#lib/db/index.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { inBooks } from "./in-books.ts";
import { withBook } from "./with-book.ts";

/**
 * Posts what has expired, organization by organization. Balances are right without it: whoever opens the books posts it
 * too, and readers leave it out. Answers how many organizations had something. Stops early on `signal`.
 */
export async function expireDue(
  database: Database,
  nowMs: number,
  ids: Pick<IdSource, "uuid">,
  signal?: AbortSignal,
): Promise<number> {
  const due = await database.sql<{ id: string }[]>`
    select distinct organization_id as id from credit_grants
    where remaining_micros > 0 and expires_at <= ${new Date(nowMs).toISOString()}::timestamptz
    order by 1`;
  let done = 0;
  for (const { id } of due) {
    if (signal?.aborted) break;
    await inBooks(database, (sql) =>
      withBook(sql, id, { nowMs, newId: () => ids.uuid(nowMs) }, () => Promise.resolve()),
    );
    done += 1;
  }
  return done;
}
