import type { TransactionSql } from "postgres";
import { smaller } from "./amounts.ts";
import type { Book, Posting } from "./book.ts";
import { createBudgetChanges } from "./budget-changes.ts";
import { closeBooks } from "./close-books.ts";
import { eventKey, insertUsageEvents } from "./insert-usage-events.ts";
import { type LeaseRow, lockLeases, unsettled } from "./lease-rows.ts";
import type { LeaseScope } from "./lease-types.ts";
import { openBooks } from "./open-books.ts";
import { agentScope, sessionScope, userScope } from "./scopes.ts";
import type { SettledUsage, Settlement, SettlementRun } from "./settlement-types.ts";
import { countSpend } from "./spend-rollup.ts";
import { type UsableCharge, usableCharges } from "./usable-charges.ts";
import { writeLeases } from "./write-leases.ts";

/** Calls of one agent at one price version, paid for by one transaction. */
interface Debit {
  readonly txId: string;
  readonly agentId: string | null;
  readonly priceVersion: string;
  events: number;
  latestMs: number;
  held: bigint;
  total: bigint;
}

/**
 * Bills calls in the transaction that stores their facts: each once, ever, by its id, whoever settles it again and
 * whenever. What a call's lease covers comes out of what was set aside, the rest out of what is available, and what is
 * left then is owed. Budgets, hourly spend and leases are counted with it. A dozen statements, however many calls and
 * organizations; waits for the books of the organizations. Charges that cannot be ours are refused one by one. Throws what the driver throws.
 */
export async function settleUsage(
  sql: TransactionSql,
  settlements: readonly Settlement[],
  { nowMs, node, newId }: SettlementRun,
): Promise<SettledUsage> {
  const { usable, refused } = usableCharges(settlements, nowMs);
  if (usable.length === 0) return { settled: 0, refused };
  const posting: Posting = { nowMs, newId };
  const debits = createDebits(newId);
  const [books, leases, fresh] = await Promise.all([
    openBooks(
      sql,
      usable.map(({ organizationId }) => organizationId),
      posting,
    ),
    lockLeases(sql, usable.flatMap(leaseIds)),
    insertUsageEvents(
      sql,
      usable.map((charge) => ({ ...charge, txId: debits.of(charge).txId })),
    ),
  ]);
  const charges = usable.flatMap((charge) => {
    const period = fresh.get(eventKey(charge));
    return period === undefined ? [] : [{ ...charge, period }];
  });
  const leaseOf = new Map(leases.map((lease) => [lease.id, lease]));
  const changed = new Set<LeaseRow>();
  const budgets = createBudgetChanges();
  for (const charge of charges) {
    const add = budgets.of(charge.organizationId);
    const draw = (id: string | null, scope: LeaseScope): { period: string | null; covered: bigint } => {
      const lease = id === null ? undefined : leaseOf.get(id);
      if (!lease || !isOf(lease, charge.organizationId, scope)) return { period: null, covered: 0n };
      const covered = smaller(charge.amountMicros, unsettled(lease));
      lease.settledMicros += covered;
      if (covered > 0n) changed.add(lease);
      return { period: lease.period, covered };
    };
    const spend = (id: string | null, scope: LeaseScope, period: string | null) => {
      const drawn = draw(id, scope);
      const counted = drawn.period ?? period;
      if (counted === null) return;
      add(scope, counted, { spent: charge.amountMicros, leased: -drawn.covered });
    };
    const debit = debits.of(charge);
    debit.held += draw(charge.leases.organization, { kind: "organization", id: "" }).covered;
    debit.total += charge.amountMicros;
    debit.events += 1;
    debit.latestMs = Math.max(debit.latestMs, charge.countedAtMs);
    if (charge.agentId === null) continue;
    spend(charge.leases.agent, agentScope(charge.agentId), charge.period);
    spend(charge.leases.user, userScope(charge.agentId, charge.endUser), charge.period);
    if (charge.agentSession !== null && charge.leases.session !== null) {
      spend(charge.leases.session, sessionScope(charge.agentId, charge.agentSession), null);
    }
  }
  for (const [organizationId, book] of books) {
    for (const debit of debits.ofOrganization(organizationId)) postUsage(book, debit, node, nowMs);
  }
  await Promise.all([
    closeBooks(sql, books.values(), posting),
    writeLeases(sql, changed),
    budgets.write(sql, nowMs),
    countSpend(
      sql,
      charges.map((charge) => ({
        ...charge,
        tool: charge.countedAs?.tool ?? charge.tool ?? "",
        client: charge.countedAs?.client ?? charge.client ?? "",
      })),
    ),
  ]);
  return { settled: charges.length, refused };
}

function postUsage(book: Book, debit: Debit, node: string, nowMs: number): void {
  if (debit.events === 0) return;
  const available = smaller(debit.total - debit.held, book.balances.available);
  const owed = debit.total - debit.held - available;
  const txId = book.post({
    id: debit.txId,
    type: "usage",
    moves: { held: -debit.held, available: -available, debt: -owed, consumed: debit.total },
    sourceKind: "edge",
    sourceId: node,
    agentId: debit.agentId,
    eventCount: debit.events,
    priceVersion: debit.priceVersion,
    actor: `system:${node}`,
    effectiveAtMs: Math.min(debit.latestMs, nowMs),
  });
  book.takeFromGrants(txId, "used", debit.held + available);
}

/** One debit per organization, agent and price version; in one order, whatever the order of the calls. */
function createDebits(newId: () => string) {
  const byOrganization = new Map<string, Map<string, Debit>>();
  return {
    of({ organizationId, agentId, priceVersion }: UsableCharge): Debit {
      const debits = byOrganization.get(organizationId) ?? new Map<string, Debit>();
      byOrganization.set(organizationId, debits);
      const key = JSON.stringify([agentId, priceVersion]);
      const debit = debits.get(key) ?? {
        txId: newId(),
        agentId,
        priceVersion,
        events: 0,
        latestMs: 0,
        held: 0n,
        total: 0n,
      };
      debits.set(key, debit);
      return debit;
    },
    ofOrganization: (organizationId: string): readonly Debit[] => [
      ...(byOrganization.get(organizationId)?.values() ?? []),
    ],
  };
}

const leaseIds = ({ leases }: UsableCharge): string[] =>
  [leases.organization, leases.agent, leases.user, leases.session].filter((id) => id !== null);

const isOf = (lease: LeaseRow, organizationId: string, scope: LeaseScope): boolean =>
  lease.organizationId === organizationId && lease.kind === scope.kind && lease.scopeId === scope.id;
