import { sql } from "drizzle-orm";
import type { Db } from "#lib/db/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import type { Actor } from "../access/index.ts";

/** A transaction in which facts become credits. */
export interface Applying {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly actor: Actor;
}

/** What became of a fact. */
export interface Applied {
  readonly state: "applied" | "ignored" | "waiting";
  readonly organizationId: string | null;
  /** Our payment that it is about. */
  readonly paymentId: string | null;
  /** For people, when somebody should look at it. */
  readonly message: string | null;
  /** The provider's refs that are known from now on: what waits for them can be applied. */
  readonly known: readonly string[];
}

export const nothing = (state: "ignored" | "waiting", told: Partial<Applied> = {}): Applied => ({
  organizationId: null,
  paymentId: null,
  message: null,
  known: [],
  ...told,
  state,
});

/** What is done about one payment or customer of the provider is done one after the other, until the transaction ends. */
export async function lockRefs(db: Db, refs: readonly string[]): Promise<void> {
  for (const ref of [...new Set(refs)].sort())
    await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`payment:${ref}`}, 0))`);
}
