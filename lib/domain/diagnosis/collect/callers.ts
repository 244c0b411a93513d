import type { Fragment } from "postgres";
import type { Reader } from "#lib/db/snapshot.ts";

/** Who is a caller: our own smokes and the dashboard's tests are none. */
export const isCaller = (sql: Reader): Fragment =>
  sql`source in ('agent', 'embed', 'external') and kind in ('request', 'invalid')`;

/** Calls that the gateway turned away before anything was passed on. */
export const isTurnedAway = (sql: Reader): Fragment =>
  sql`(outcome in ('auth_denied', 'grant_denied', 'rate_limited', 'budget_denied', 'credit_denied') or kind = 'invalid')`;

/** What the database's percentiles and sums come as. */
export const numberOrNull = (value: string | number | null): number | null =>
  value === null ? null : Math.round(Number(value) * 10) / 10;
