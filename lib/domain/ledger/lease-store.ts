import { type Database, isDatabaseAway } from "#lib/db/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { giveBackLeases } from "./give-back-leases.ts";
import { inBooks } from "./in-books.ts";
import type { LeaseStore } from "./lease-types.ts";
import { renewLeases } from "./renew-leases.ts";
import { takeLease } from "./take-lease.ts";

/** Leases from the books in the database. */
export function createLeaseStore(
  database: Database,
  { clock, ids }: { clock: Clock; ids: Pick<IdSource, "uuid"> },
): LeaseStore {
  const posting = () => {
    const nowMs = clock.nowMs();
    return { nowMs, newId: () => ids.uuid(nowMs) };
  };
  return {
    take: (request) => reached(inBooks(database, (sql) => takeLease(sql, request, posting()))),
    renew: (organizationId, leaseIds) =>
      reached(
        leaseIds.length === 0
          ? Promise.resolve([])
          : renewLeases(database.sql, organizationId, leaseIds, clock.nowMs()),
      ),
    async release(releases) {
      if (releases.length === 0) return;
      const unused = new Map<string, bigint>();
      for (const { leaseId, unusedMicros } of releases) {
        unused.set(leaseId, (unused.get(leaseId) ?? 0n) + unusedMicros);
      }
      const leases = releases.map(({ organizationId, leaseId }) => ({ organizationId, id: leaseId }));
      await reached(
        inBooks(database, (sql) => giveBackLeases(sql, leases, ({ id }) => unused.get(id) ?? 0n, posting())),
      );
    },
  };
}

/** A database that is away is `unavailable`: callers know what to do then. */
async function reached<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    throw new DomainError("unavailable", "Budgets cannot be asked right now. Try again soon.", {
      cause: error,
    });
  }
}
