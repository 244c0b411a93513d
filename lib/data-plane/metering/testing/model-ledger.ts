import type {
  LeaseAnswer,
  LeaseGrant,
  LeaseRelease,
  LeaseRequest,
  LeaseScope,
} from "#lib/domain/ledger/index.ts";
import { limits } from "#lib/kernel/limits.ts";

const { leaseMs, leaseShareOfRemaining } = limits.money;

interface ModelLease {
  readonly id: string;
  readonly scope: LeaseScope;
  readonly period: string;
  readonly epoch: string;
  amount: bigint;
  settled: bigint;
  expiresAtMs: number;
  isLive: boolean;
}

/** What a call cost, as its node reports it: again and again until it is heard. */
export interface ModelSettlement {
  readonly callId: string;
  readonly amountMicros: bigint;
  readonly draws: readonly { leaseId: string; scope: LeaseScope; period: string }[];
}

export interface ModelLedgerOptions {
  nowMs(): number;
  /** Names the month of a moment. */
  monthOf(ms: number): string;
  /** From an expired lease on: what its last call may take, and how late it may be settled. */
  deadAfterMs: number;
  /** A planted defect: a call that is settled twice counts twice. */
  countsTwice?: boolean;
  /** A planted defect: a lease is renewed although its cap was lowered. */
  renewsAlways?: boolean;
  /** A planted defect: leases end as soon as they expire. */
  returnsAtExpiry?: boolean;
}

const keyOf = ({ kind, id }: LeaseScope, period: string): string => `${kind} ${id} ${period}`;

/** The ledger as its interface promises it, in memory and for one organization: what is leased and spent never exceeds a cap. */
export class ModelLedger {
  readonly #options: ModelLedgerOptions;
  /** By scope without period: the month's cap; of the organization, all credits there ever were. */
  readonly #caps = new Map<string, bigint>();
  readonly #spent = new Map<string, bigint>();
  readonly #leased = new Map<string, bigint>();
  readonly #leases = new Map<string, ModelLease>();
  readonly #settled = new Set<string>();
  #count = 0;

  constructor(options: ModelLedgerOptions) {
    this.#options = options;
  }

  setCap(scope: LeaseScope, capMicros: bigint): void {
    this.#caps.set(keyOf(scope, ""), capMicros);
  }

  take(request: LeaseRequest): LeaseAnswer {
    const nowMs = this.#options.nowMs();
    const grants: { lease: ModelLease; size: bigint }[] = [];
    const made: ModelLease[] = [];
    for (const { scope, needMicros, wantMicros } of request.scopes) {
      const period = scope.kind === "organization" ? "" : this.#options.monthOf(nowMs);
      const remaining = this.#remaining(scope, period);
      const least = needMicros > 1n ? needMicros : 1n;
      if (remaining < least) {
        return {
          ok: false,
          refusal: {
            limitSource: scope.kind === "organization" ? "organization_credits" : "agent_budget",
            scopeId: scope.id,
            capMicros: this.#caps.get(keyOf(scope, "")) ?? null,
            remainingMicros: remaining,
            resetsAtMs: null,
          },
        };
      }
      const share = remaining / BigInt(leaseShareOfRemaining * request.liveNodes);
      const most = wantMicros < share ? wantMicros : share;
      const size = most > least ? most : least;
      const own = [...this.#leases.values()].find(
        (lease) =>
          lease.isLive &&
          lease.epoch === request.epoch &&
          keyOf(lease.scope, lease.period) === keyOf(scope, period),
      );
      const lease = own ?? {
        id: `lse_${++this.#count}`,
        scope,
        period,
        epoch: request.epoch,
        amount: 0n,
        settled: 0n,
        expiresAtMs: 0,
        isLive: true,
      };
      if (own === undefined) made.push(lease);
      grants.push({ lease, size });
    }
    for (const lease of made) this.#leases.set(lease.id, lease);
    return {
      ok: true,
      grants: grants.map(({ lease, size }): LeaseGrant => {
        lease.amount += size;
        lease.expiresAtMs = Math.max(lease.expiresAtMs, nowMs + leaseMs);
        add(this.#leased, keyOf(lease.scope, lease.period), size);
        return {
          scope: lease.scope,
          leaseId: lease.id,
          addedMicros: size,
          ttlMs: leaseMs,
          period: lease.period,
        };
      }),
    };
  }

  renew(leaseIds: readonly string[]): readonly string[] {
    const nowMs = this.#options.nowMs();
    return leaseIds.filter((id) => {
      const lease = this.#leases.get(id);
      if (!lease?.isLive) return true;
      const isOver = this.#remaining(lease.scope, lease.period) < 0n;
      if (isOver && !this.#options.renewsAlways) return true;
      lease.expiresAtMs = Math.max(lease.expiresAtMs, nowMs + leaseMs);
      return false;
    });
  }

  release(releases: readonly LeaseRelease[]): void {
    for (const { leaseId, unusedMicros } of releases) {
      const lease = this.#leases.get(leaseId);
      if (lease?.isLive) this.#giveBack(lease, unusedMicros);
    }
  }

  settle({ callId, amountMicros, draws }: ModelSettlement): void {
    if (this.#settled.has(callId) && !this.#options.countsTwice) return;
    this.#settled.add(callId);
    for (const { leaseId, scope, period } of draws) {
      const lease = this.#leases.get(leaseId);
      const unsettled = lease?.isLive ? lease.amount - lease.settled : 0n;
      const covered = amountMicros < unsettled ? amountMicros : unsettled;
      if (lease) lease.settled += covered;
      add(this.#leased, keyOf(scope, period), -covered);
      add(this.#spent, keyOf(scope, period), amountMicros);
    }
  }

  /** Ends leases whose node must be dead. */
  returnDead(): void {
    const nowMs = this.#options.nowMs();
    const afterMs = this.#options.returnsAtExpiry ? 0 : this.#options.deadAfterMs;
    for (const lease of this.#leases.values()) {
      if (lease.isLive && lease.expiresAtMs + afterMs < nowMs)
        this.#giveBack(lease, lease.amount - lease.settled);
    }
  }

  spent(scope: LeaseScope, period: string): bigint {
    return this.#spent.get(keyOf(scope, period)) ?? 0n;
  }

  /** In all scopes and periods. */
  leased(): bigint {
    return [...this.#leased.values()].reduce((sum, micros) => sum + micros, 0n);
  }

  /** The first scope in which more is leased and spent than its cap allows; null: none. */
  overrun(): string | null {
    for (const key of this.#leased.keys()) {
      const cap = this.#caps.get(key.replace(/ [^ ]*$/, " ")) ?? 0n;
      const used = (this.#spent.get(key) ?? 0n) + (this.#leased.get(key) ?? 0n);
      if (used > cap || used < 0n) return `${key}: ${used} of ${cap}`;
    }
    return null;
  }

  #remaining(scope: LeaseScope, period: string): bigint {
    const key = keyOf(scope, period);
    const cap = this.#caps.get(keyOf(scope, "")) ?? 0n;
    return cap - (this.#spent.get(key) ?? 0n) - (this.#leased.get(key) ?? 0n);
  }

  #giveBack(lease: ModelLease, micros: bigint): void {
    const unsettled = lease.amount - lease.settled;
    const unused = micros < unsettled ? micros : unsettled;
    lease.amount -= unused;
    add(this.#leased, keyOf(lease.scope, lease.period), -unused);
    if (lease.amount === lease.settled) lease.isLive = false;
  }
}

function add(sums: Map<string, bigint>, key: string, micros: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + micros);
}
