import type { Database } from "#lib/db/index.ts";
import { failAbandoned } from "./operation-row.ts";

/**
 * Ends operations that a crash left open, in all organizations, so that none runs forever. Answers how many. For a
 * schedule; every new operation also does it for its own server.
 */
export const recoverOperations = (database: Pick<Database, "db">, nowMs: number): Promise<number> =>
  failAbandoned(database.db, nowMs);
