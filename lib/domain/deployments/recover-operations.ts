import type { Database } from "#lib/db/index.ts";
import { giveUpOperations } from "./operation-row.ts";

/**
 * Ends operations that nobody works on any more, in all organizations, so that none stays open forever. Answers how
 * many. For a schedule; every new operation also does it for its own server.
 */
export const recoverOperations = (database: Pick<Database, "db">, nowMs: number): Promise<number> =>
  giveUpOperations(database.db, nowMs);
