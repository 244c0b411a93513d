import type { LeaseRefusal } from "#lib/domain/ledger/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Layer, Spender } from "./layers.ts";
import {
  AWAY,
  CHANGED,
  isOfOldMonth,
  isUsable,
  type Lease,
  type LeasedScope,
  type NoRoom,
  type Reservation,
  refusedBy,
} from "./lease.ts";
import { LeaseTrips, type LeaseTripsOptions } from "./lease-trips.ts";
import { Month } from "./month.ts";
import { Tally } from "./tally.ts";

const {
  leaseMs,
  leaseUnusedMs,
  leaseRenewMs,
  leaseBurnMs,
  leaseTimeoutMs,
  leaseWaitersMax,
  leasedScopesMax,
} = limits.money;

/** Who waits is asked for with so many calls more, so that the next ones do not wait as well. */
const CALLS_AHEAD = 3n;
/** How many scopes are looked at to find one that can be forgotten. */
const SEARCHED_MAX = 100;

/**
 * The leases of this node. A call sets aside what it can cost at most in all of its scopes or in none, synchronously;
 * only when too little is left it waits for the ledger. What the node has is asked for ahead of need, kept alive while
 * calls use it, and given back when none does. A lease that is not renewed in time is not used, whatever is left of it.
 */
export class LeaseBook {
  readonly #options: LeaseTripsOptions;
  readonly #trips: LeaseTrips;
  readonly #scopes = new Map<string, LeasedScope>();
  readonly #leases = new Map<string, Lease>();
  /** By the keys of their scopes. */
  readonly #flights = new Map<string, Promise<NoRoom | null>>();
  /** Calls that wait, by organization and by the keys of their scopes. */
  readonly #waiters = new Tally();
  readonly #refusals = new Map<string, { refusal: LeaseRefusal; untilMs: number }>();
  readonly #month = new Month();
  #upkeepMs: number;

  constructor(options: LeaseTripsOptions) {
    this.#options = options;
    this.#trips = new LeaseTrips(options);
    this.#upkeepMs = options.clock.monotonicMs();
  }

  /** The scopes of a call, for `reserve`. */
  scopesOf(spender: Spender, layers: readonly Layer[]): readonly LeasedScope[] {
    return layers.map((layer) => {
      const known = this.#scopes.get(layer.key);
      if (known !== undefined) {
        known.capMicros = layer.capMicros;
        return known;
      }
      return this.#addScope(spender, layer);
    });
  }

  /** Sets `amountMicros` aside in all scopes or in none; null when some has too little to use now. */
  reserve(scopes: readonly LeasedScope[], amountMicros: bigint): Reservation | null {
    const nowMs = this.#options.clock.monotonicMs();
    const month = this.#month.of(this.#options.clock.nowMs());
    const leases: Lease[] = [];
    for (const { lease } of scopes) {
      if (lease === null || lease.freeMicros < amountMicros || !isUsable(lease, nowMs, month)) return null;
      leases.push(lease);
    }
    let isLow = false;
    for (const scope of scopes) {
      const { lease } = scope;
      if (lease === null) continue;
      lease.freeMicros -= amountMicros;
      lease.heldMicros += amountMicros;
      scope.reservedMicros += amountMicros;
      scope.lastUsedMs = nowMs;
      if (lease.freeMicros < scope.lowMicros && scope.askedInVainUntilMs <= nowMs) isLow = true;
    }
    if (isLow) void this.#fly(scopes, 0n);
    return { leases, scopes, amountMicros, isOver: false };
  }

  /** The same, after asking the ledger for more. Waits at most `limits.money.leaseTimeoutMs`. */
  async wait(scopes: readonly LeasedScope[], amountMicros: bigint): Promise<Reservation | NoRoom> {
    const { clock } = this.#options;
    const organizationId = scopes[0]?.organizationId ?? "";
    const set = keyOf(scopes);
    const refused = this.#refusals.get(set);
    if (refused && refused.untilMs > clock.monotonicMs())
      return refusedBy(refused.refusal, scopes, amountMicros);
    if (this.#waiters.of(organizationId) >= leaseWaitersMax) return AWAY;
    // Nobody waits for a ledger that is away; somebody finds out whether it is back.
    if (this.#trips.isAway(organizationId)) {
      if (this.#trips.mayTry(organizationId)) void this.#fly(scopes, amountMicros);
      return AWAY;
    }
    const nowMs = clock.monotonicMs();
    for (const scope of scopes) scope.lastUsedMs = nowMs;
    this.#waiters.add(organizationId, 1);
    this.#waiters.add(set, 1);
    try {
      while (clock.monotonicMs() < nowMs + leaseTimeoutMs) {
        const noRoom = await this.#fly(scopes, amountMicros);
        if (scopes.some((scope) => this.#scopes.get(scope.key) !== scope)) return CHANGED;
        // What others gave back meanwhile counts, whatever the ledger says.
        const reservation = this.reserve(scopes, amountMicros);
        if (reservation !== null) return reservation;
        if (noRoom !== null) return noRoom;
      }
      return AWAY;
    } finally {
      this.#waiters.add(organizationId, -1);
      this.#waiters.add(set, -1);
    }
  }

  /** A call is over and cost `spentMicros`: the rest can be used again. Does nothing the second time. */
  settle(reservation: Reservation, spentMicros: bigint): void {
    if (reservation.isOver) return;
    reservation.isOver = true;
    for (const lease of reservation.leases) {
      lease.heldMicros -= reservation.amountMicros;
      lease.freeMicros += reservation.amountMicros - spentMicros;
      if (lease.isRetired && lease.heldMicros === 0n) this.#giveBack(lease);
    }
  }

  /** Uses nothing of an agent's leases from now on: its budget changed, or it is paused or gone. */
  drop(agentId: string): void {
    for (const scope of this.#scopes.values()) {
      if (scope.agentId !== agentId || scope.scope.kind === "organization") continue;
      this.#retire(scope);
      this.#scopes.delete(scope.key);
    }
    this.#refusals.clear();
    this.#trips.flush();
  }

  /** Renews what is used, gives back what is not. Called every `limits.money.leaseUpkeepMs`. */
  upkeep(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const month = this.#month.of(this.#options.clock.nowMs());
    const elapsedMs = Math.max(1, Math.round(nowMs - this.#upkeepMs));
    this.#upkeepMs = nowMs;
    const renewed = new Map<string, Lease[]>();
    for (const scope of this.#scopes.values()) {
      measureBurn(scope, elapsedMs);
      const { lease } = scope;
      const isIdle = nowMs - scope.lastUsedMs > leaseMs;
      const isDone = lease === null || lease.heldMicros === 0n;
      if (isDone && (isIdle || (lease !== null && isOfOldMonth(lease, month)))) {
        this.#retire(scope);
        if (isIdle) this.#scopes.delete(scope.key);
      }
    }
    for (const lease of this.#leases.values()) {
      if (lease.isRenewing || lease.isLost || lease.usableUntilMs - nowMs > leaseRenewMs) continue;
      if (lease.isRetired && lease.heldMicros === 0n) this.#leases.delete(lease.id);
      else renewed.set(lease.organizationId, [...(renewed.get(lease.organizationId) ?? []), lease]);
    }
    for (const [organizationId, leases] of renewed) {
      if (this.#trips.isAway(organizationId) && !this.#trips.mayTry(organizationId)) continue;
      void this.#renew(organizationId, leases);
    }
    for (const [set, { untilMs }] of this.#refusals) if (untilMs <= nowMs) this.#refusals.delete(set);
    this.#trips.flush();
  }

  /** Gives everything back that no call holds. */
  async close(): Promise<void> {
    for (const scope of this.#scopes.values()) this.#retire(scope);
    this.#scopes.clear();
    await this.#trips.close();
  }

  get stats() {
    const sums = { leases: 0, freeMicros: 0n, heldMicros: 0n };
    for (const { freeMicros, heldMicros } of this.#leases.values()) {
      sums.leases++;
      sums.freeMicros += freeMicros;
      sums.heldMicros += heldMicros;
    }
    return { scopes: this.#scopes.size, ...sums, trips: this.#trips.counts };
  }

  #addScope({ organizationId, agent }: Spender, layer: Layer): LeasedScope {
    if (this.#scopes.size >= leasedScopesMax) this.#forgetOne();
    const scope: LeasedScope = {
      ...layer,
      organizationId,
      agentId: layer.scope.kind === "organization" ? null : (agent?.id ?? null),
      lease: null,
      reservedMicros: 0n,
      burnMicros: 0n,
      lowMicros: 0n,
      lastUsedMs: this.#options.clock.monotonicMs(),
      askedInVainUntilMs: 0,
    };
    this.#scopes.set(layer.key, scope);
    return scope;
  }

  #forgetOne(): void {
    let seen = 0;
    for (const scope of this.#scopes.values()) {
      if ((scope.lease?.heldMicros ?? 0n) > 0n && ++seen < SEARCHED_MAX) continue;
      this.#retire(scope);
      this.#scopes.delete(scope.key);
      return;
    }
  }

  /** One trip at a time for the same scopes. Resolves with null when it is worth trying again. */
  #fly(scopes: readonly LeasedScope[], needMicros: bigint): Promise<NoRoom | null> {
    const set = keyOf(scopes);
    const known = this.#flights.get(set);
    if (known !== undefined) return known;
    const flight = this.#take(scopes, needMicros, set).finally(() => this.#flights.delete(set));
    this.#flights.set(set, flight);
    return flight;
  }

  async #take(
    scopes: readonly LeasedScope[],
    needMicros: bigint,
    set: string,
    mayAskAgain = true,
  ): Promise<NoRoom | null> {
    const { clock } = this.#options;
    const organizationId = scopes[0]?.organizationId ?? "";
    const late = scopes.flatMap(({ lease }) => (lease !== null && this.#isLate(lease) ? [lease] : []));
    if (late.length > 0 && !(await this.#renew(organizationId, late))) return AWAY;
    const waiting = BigInt(Math.max(1, this.#waiters.of(set)));
    const nowMs = clock.monotonicMs();
    const asks = scopes.flatMap((scope) => {
      const freeMicros = this.#usableOf(scope);
      const need = needMicros > freeMicros ? needMicros - freeMicros : 0n;
      const target = max(scope.burnMicros, needMicros * (waiting + CALLS_AHEAD));
      const want = max(need, target - freeMicros);
      const isLow = freeMicros < scope.lowMicros || need > 0n;
      return isLow && want > 0n ? [{ layer: scope, needMicros: need, wantMicros: want }] : [];
    });
    if (asks.length === 0) return null;
    const agentId = scopes.find((scope) => scope.agentId !== null)?.agentId ?? null;
    const answer = await this.#trips.take(organizationId, agentId, asks);
    if (answer === null) return AWAY;
    const month = this.#month.of(clock.nowMs());
    if (answer.ok) {
      for (const grant of answer.grants) this.#add(organizationId, grant, { scopes, nowMs, month });
      for (const { layer, wantMicros } of asks) {
        const added = answer.grants.find(({ scope }) => isSameScope(scope, layer.scope))?.addedMicros ?? 0n;
        if (added * 2n < wantMicros) layer.askedInVainUntilMs = nowMs + leaseBurnMs;
      }
      return null;
    }
    for (const { layer } of asks) layer.askedInVainUntilMs = nowMs + leaseBurnMs;
    if (needMicros === 0n) return null;
    // What is too little for one call here may be enough for one together with what others gave back.
    const remainders = asks.filter(({ layer }) => (layer.lease?.freeMicros ?? 0n) > 0n);
    if (mayAskAgain && remainders.length > 0) {
      for (const { layer } of remainders) this.#returnFree(layer);
      await this.#trips.flush();
      return this.#take(scopes, needMicros, set, false);
    }
    if (this.#refusals.size < leasedScopesMax)
      this.#refusals.set(set, { refusal: answer.refusal, untilMs: clock.monotonicMs() + leaseBurnMs });
    return refusedBy(answer.refusal, scopes, needMicros);
  }

  /** Whether all that a lease lacks is time. */
  #isLate(lease: Lease): boolean {
    const { clock } = this.#options;
    return (
      lease.freeMicros > 0n &&
      clock.monotonicMs() >= lease.usableUntilMs &&
      !isOfOldMonth(lease, this.#month.of(clock.nowMs()))
    );
  }

  #usableOf({ lease }: LeasedScope): bigint {
    const { clock } = this.#options;
    if (lease === null || !isUsable(lease, clock.monotonicMs(), this.#month.of(clock.nowMs()))) return 0n;
    return lease.freeMicros;
  }

  /** `askedMs`: when the ledger was asked, which is before its clock began to count. */
  #add(
    organizationId: string,
    grant: { scope: Layer["scope"]; leaseId: string; addedMicros: bigint; ttlMs: number; period: string },
    { scopes, nowMs: askedMs, month }: { scopes: readonly LeasedScope[]; nowMs: number; month: string },
  ): void {
    const asked = scopes.find(({ scope }) => isSameScope(scope, grant.scope));
    if (asked === undefined) return;
    const lease = this.#leases.get(grant.leaseId) ?? {
      id: grant.leaseId,
      organizationId,
      period: grant.period,
      grantedInMonth: month,
      freeMicros: 0n,
      heldMicros: 0n,
      usableUntilMs: 0,
      isRenewing: false,
      isLost: false,
      isRetired: true,
    };
    this.#leases.set(lease.id, lease);
    lease.isLost = false;
    lease.freeMicros += grant.addedMicros;
    lease.grantedInMonth = month;
    lease.usableUntilMs = Math.max(lease.usableUntilMs, askedMs + grant.ttlMs - leaseUnusedMs);
    // The scope may have been dropped while the ledger was asked: then nobody may use what it gave.
    if (this.#scopes.get(asked.key) !== asked) {
      lease.isRetired = true;
      this.#giveBack(lease);
      return;
    }
    if (asked.lease === lease) return;
    this.#retire(asked);
    lease.isRetired = false;
    asked.lease = lease;
  }

  /** Resolves with whether the ledger answered. */
  async #renew(organizationId: string, leases: readonly Lease[]): Promise<boolean> {
    const askedMs = this.#options.clock.monotonicMs();
    for (const lease of leases) lease.isRenewing = true;
    const lost = await this.#trips.renew(
      organizationId,
      leases.map(({ id }) => id),
    );
    for (const lease of leases) {
      lease.isRenewing = false;
      if (lost === null) continue;
      if (lost.includes(lease.id)) this.#lose(lease);
      else lease.usableUntilMs = Math.max(lease.usableUntilMs, askedMs + leaseMs - leaseUnusedMs);
    }
    return lost !== null;
  }

  /** The ledger has closed it, or its budget was lowered: what no call holds is not used any more. */
  #lose(lease: Lease): void {
    lease.isLost = true;
    lease.isRetired = true;
    lease.usableUntilMs = 0;
    for (const scope of this.#scopes.values()) if (scope.lease === lease) scope.lease = null;
    this.#giveBack(lease);
  }

  #retire(scope: LeasedScope): void {
    const { lease } = scope;
    scope.lease = null;
    if (lease === null) return;
    lease.isRetired = true;
    this.#giveBack(lease);
  }

  #returnFree({ lease }: LeasedScope): void {
    if (lease !== null) this.#giveBack(lease);
  }

  /** Hands what is free back to the ledger, once: from here on this node does not have it. */
  #giveBack(lease: Lease): void {
    if (!this.#leases.has(lease.id)) return;
    const unusedMicros = lease.freeMicros;
    lease.freeMicros = 0n;
    if (lease.isRetired && lease.heldMicros === 0n) this.#leases.delete(lease.id);
    else if (unusedMicros === 0n) return;
    this.#trips.release({ organizationId: lease.organizationId, leaseId: lease.id, unusedMicros });
  }
}

const keyOf = (scopes: readonly LeasedScope[]): string =>
  scopes.length === 1 ? (scopes[0]?.key ?? "") : scopes.map(({ key }) => key).join("\n\n");

const isSameScope = (left: Layer["scope"], right: Layer["scope"]): boolean =>
  left.kind === right.kind && left.id === right.id;

const max = (left: bigint, right: bigint): bigint => (left > right ? left : right);

/** Rises at once, and falls slowly. */
function measureBurn(scope: LeasedScope, elapsedMs: number): void {
  if (scope.reservedMicros === 0n && scope.burnMicros === 0n) return;
  const now = (scope.reservedMicros * BigInt(leaseBurnMs)) / BigInt(elapsedMs);
  scope.reservedMicros = 0n;
  scope.burnMicros = now > scope.burnMicros ? now : (scope.burnMicros * 3n + now) / 4n;
  scope.lowMicros = (scope.burnMicros * 3n) / 4n;
}
