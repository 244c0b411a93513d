import type { TransactionSql } from "postgres";
import { DomainError } from "#lib/kernel/errors.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { utcMonthNamed, utcMonthOf } from "#lib/kernel/utc-month.ts";
import { capOf } from "./agent-caps.ts";
import { larger } from "./amounts.ts";
import type { Book, Posting } from "./book.ts";
import { createBudgetChanges } from "./budget-changes.ts";
import { closeBooks } from "./close-books.ts";
import { type LeaseRow, leaseColumns, leaseOf } from "./lease-rows.ts";
import { leaseSize } from "./lease-size.ts";
import type {
  LeaseAnswer,
  LeaseGrant,
  LeaseRefusal,
  LeaseRequest,
  LeaseScope,
  ScopeKind,
} from "./lease-types.ts";
import { openBooks } from "./open-books.ts";
import { counterKey, readCaps, readCounters } from "./read-budgets.ts";
import { agentOfScope } from "./scopes.ts";
import { type GrantedLease, storeLeases } from "./store-leases.ts";

const WIDEST_FIRST: readonly ScopeKind[] = ["organization", "agent", "user", "session"];
const SOURCES = {
  organization: "organization_credits",
  agent: "agent_budget",
  user: "user_budget",
  session: "session_budget",
} as const;

type Asked = LeaseRequest["scopes"][number];

/**
 * Sets aside what a node asks for, in all scopes or in none. Credits come from the books, caps from the agent's row.
 * Refuses with the widest layer that has too little.
 */
export async function takeLease(
  sql: TransactionSql,
  request: LeaseRequest,
  posting: Posting,
): Promise<LeaseAnswer> {
  const { organizationId, agentId, liveNodes } = request;
  const { nowMs } = posting;
  const asked = [...request.scopes].sort(
    (left, right) => WIDEST_FIRST.indexOf(left.scope.kind) - WIDEST_FIRST.indexOf(right.scope.kind),
  );
  for (const one of asked) requireOwnScope(one, agentId);
  if (new Set(asked.map(({ scope }) => `${scope.kind} ${scope.id}`)).size < asked.length) {
    throw new DomainError("invalid_input", "A lease is asked for each scope once.");
  }
  // What the current month has no usable time left for belongs to the next one.
  const month = utcMonthOf(nowMs + limits.money.leaseUnusedMs).key;
  const scopes = asked.map((one) => ({ ...one, period: one.scope.kind === "organization" ? "" : month }));
  const [books, caps, counters, held] = await Promise.all([
    openBooks(sql, [organizationId], posting),
    readCaps(sql, organizationId, agentId === null ? [] : [agentId]),
    readCounters(sql, organizationId, scopes),
    readOwnLeases(sql, request),
  ]);
  const book = books.get(organizationId);
  if (!book) throw new DomainError("not_found", "There is no such organization.");
  const agent = agentId === null ? null : caps.get(agentId);
  const granted: GrantedLease[] = [];
  let refusal: LeaseRefusal | null = null;
  if (agentId !== null && (!agent || agent.isPaused)) refusal = pausedRefusal(agentId);
  const budgets = createBudgetChanges();
  const add = budgets.of(organizationId);
  for (const { scope, period, needMicros: need, wantMicros: want } of scopes) {
    if (refusal) break;
    const cap = agent ? capOf(agent, scope) : null;
    const remaining = remainingOf(book, scope, cap, counters.get(counterKey(scope, period)));
    const size =
      remaining === null ? larger(larger(need, want), 1n) : leaseSize({ remaining, need, want, liveNodes });
    if (size === null) {
      refusal = {
        limitSource: SOURCES[scope.kind],
        scopeId: scope.id,
        capMicros: cap,
        remainingMicros: remaining ?? 0n,
        resetsAtMs: period === "" ? null : utcMonthNamed(period).endMs,
      };
      break;
    }
    const own = held.find((lease) => isOf(lease, scope, period));
    granted.push({ scope, period, size, leaseId: own?.id ?? encodeId("lse", posting.newId()), isNew: !own });
    if (scope.kind !== "organization") add(scope, period, { leased: size });
  }
  if (refusal) {
    await closeBooks(sql, [book], posting);
    return { ok: false, refusal };
  }
  for (const { scope, size, leaseId } of granted) {
    if (scope.kind !== "organization") continue;
    book.post({
      type: "lease",
      moves: { available: -size, held: size },
      sourceKind: "lease",
      sourceId: leaseId,
      actor: `system:${request.node}`,
    });
  }
  const stored = granted.map((lease) => ({ ...lease, expiresAtMs: expiryOf(lease.period, nowMs) }));
  await Promise.all([
    closeBooks(sql, [book], posting),
    budgets.write(sql, nowMs),
    storeLeases(sql, request, stored, nowMs),
  ]);
  return {
    ok: true,
    grants: stored.map(
      ({ scope, period, size, leaseId, expiresAtMs }): LeaseGrant => ({
        scope,
        leaseId,
        addedMicros: size,
        ttlMs: expiresAtMs - nowMs,
        period,
      }),
    ),
  };
}

/** A lease never outlives its period. */
export const expiryOf = (period: string, nowMs: number): number => {
  const expiresAtMs = nowMs + limits.money.leaseMs;
  return period === "" ? expiresAtMs : Math.min(expiresAtMs, utcMonthNamed(period).endMs);
};

/** What is left in a scope; null: it has no cap. */
function remainingOf(
  book: Book,
  { kind }: LeaseScope,
  cap: bigint | null,
  counter: { spentMicros: bigint; leasedMicros: bigint } | undefined,
): bigint | null {
  if (kind === "organization") return book.spendable();
  if (cap === null) return null;
  const left = cap - (counter?.spentMicros ?? 0n) - (counter?.leasedMicros ?? 0n);
  return left > 0n ? left : 0n;
}

async function readOwnLeases(
  sql: TransactionSql,
  { organizationId, epoch, scopes }: LeaseRequest,
): Promise<LeaseRow[]> {
  const rows = await sql<Parameters<typeof leaseOf>[0][]>`
    select ${leaseColumns(sql)}
    from unnest(${scopes.map(({ scope }) => scope.kind)}::text[], ${scopes.map(({ scope }) => scope.id)}::text[])
        as s(kind, id)
      join leases l on l.organization_id = ${organizationId} and l.scope_kind = s.kind and l.scope_id = s.id
        and l.epoch = ${epoch} and l.state = 'live'
    order by l.id for no key update of l`;
  return rows.map(leaseOf);
}

function requireOwnScope({ scope, needMicros, wantMicros }: Asked, agentId: string | null): void {
  const isOwn = scope.kind === "organization" ? scope.id === "" : agentOfScope(scope.id) === agentId;
  const isShaped = (scope.kind === "user" || scope.kind === "session") === scope.id.includes("\n");
  if (isOwn && isShaped && needMicros >= 0n && wantMicros >= 0n) return;
  throw new DomainError(
    "invalid_input",
    "A lease is asked for amounts of zero or more, of the caller's own scopes.",
  );
}

const pausedRefusal = (agentId: string): LeaseRefusal => ({
  limitSource: "agent_paused",
  scopeId: agentId,
  capMicros: null,
  remainingMicros: 0n,
  resetsAtMs: null,
});

const isOf = (lease: LeaseRow, scope: LeaseScope, period: string): boolean =>
  lease.kind === scope.kind && lease.scopeId === scope.id && lease.period === period;
