import type { Db } from "./database.ts";

/**
 * Runs `body` in one transaction; a throw rolls everything back. Only `lib/domain/access/command.ts` may import
 * this, so that no write skips authorization or audit; a boundary rule says so.
 */
export const inTransaction = <Result>(db: Db, body: (tx: Db) => Promise<Result>): Promise<Result> =>
  db.transaction((tx) => body(tx as unknown as Db));
