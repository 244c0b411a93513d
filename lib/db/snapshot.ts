import type { ISql, Sql } from "postgres";

/** What reads: the pool, or one snapshot of the database. */
export type Reader = ISql<Record<never, never>>;

/** Runs `body` on one snapshot of the database, for reads that have to agree with each other. It cannot write. */
export const inSnapshot = <Result>(sql: Sql, body: (snapshot: Reader) => Promise<Result>): Promise<Result> =>
  sql.begin("isolation level repeatable read read only", (transaction) =>
    body(transaction),
  ) as Promise<Result>;

/** The same, where each statement ends after `statementMs`. */
export const inTimedSnapshot = <Result>(
  sql: Sql,
  statementMs: number,
  body: (snapshot: Reader) => Promise<Result>,
): Promise<Result> =>
  inSnapshot(sql, async (snapshot) => {
    await snapshot`select set_config('statement_timeout', ${String(statementMs)}, true)`;
    return body(snapshot);
  });
