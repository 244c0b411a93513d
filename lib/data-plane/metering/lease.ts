import type { LeaseRefusal } from "#lib/domain/ledger/index.ts";
import type { Layer } from "./layers.ts";

/** Room to spend that this node has of one scope. All amounts are micros. */
export interface Lease {
  readonly id: string;
  readonly organizationId: string;
  /** `2026-11`; empty for credits. */
  readonly period: string;
  /** The month here when it was last granted: a ledger whose clock is behind may still say the month before. */
  grantedInMonth: string;
  /** What no call has set aside. */
  freeMicros: bigint;
  /** What calls under way have set aside. */
  heldMicros: bigint;
  /** Monotonic milliseconds. */
  usableUntilMs: number;
  isRenewing: boolean;
  /** The ledger keeps it alive no longer. */
  isLost: boolean;
  /** Given up: what calls still hold comes back to it, and goes back to the ledger. */
  isRetired: boolean;
}

/** One thing that calls draw from, as this node knows it. */
export interface LeasedScope extends Layer {
  capMicros: bigint | null;
  readonly organizationId: string;
  /** Null for the organization's credits without an agent. */
  readonly agentId: string | null;
  lease: Lease | null;
  /** Set aside since the last upkeep; given back or not. */
  reservedMicros: bigint;
  /** What this node sets aside in `limits.money.leaseBurnMs`. */
  burnMicros: bigint;
  /** Less than this is asked for more before a call has to wait. */
  lowMicros: bigint;
  lastUsedMs: number;
  /** There was nothing more to have; asked again from then on. */
  askedInVainUntilMs: number;
}

/** What one call set aside, in all of its scopes. */
export interface Reservation {
  readonly leases: readonly Lease[];
  /** The scope of each lease. */
  readonly scopes: readonly LeasedScope[];
  readonly amountMicros: bigint;
  isOver: boolean;
}

/** Why nothing could be set aside. */
export type NoRoom =
  | {
      readonly kind: "refused";
      readonly refusal: LeaseRefusal;
      /** Calls that run on this node have set aside so much that there may be enough when they have ended. */
      readonly mayComeBack: boolean;
    }
  | { readonly kind: "away" }
  /** A scope was dropped meanwhile: what the call draws from has to be found out again. */
  | { readonly kind: "changed" };

export const AWAY: NoRoom = { kind: "away" };
export const CHANGED: NoRoom = { kind: "changed" };

const LIMITED_BY: Readonly<Record<LeaseRefusal["limitSource"], Layer["scope"]["kind"] | null>> = {
  organization_credits: "organization",
  agent_budget: "agent",
  user_budget: "user",
  session_budget: "session",
  agent_paused: null,
};

/** Why calls that draw from `scopes` cannot run. What other nodes have set aside is not known here, so it is not hoped for. */
export function refusedBy(refusal: LeaseRefusal, scopes: readonly LeasedScope[], needMicros: bigint): NoRoom {
  const limited = scopes.find(({ scope }) => scope.kind === LIMITED_BY[refusal.limitSource]);
  const heldMicros = limited?.lease?.heldMicros ?? 0n;
  const mayComeBack = heldMicros > 0n && refusal.remainingMicros + heldMicros >= needMicros;
  return { kind: "refused", refusal, mayComeBack };
}

/** Whether calls may draw from a lease now. */
export const isUsable = (lease: Lease, nowMs: number, month: string): boolean =>
  nowMs < lease.usableUntilMs && !isOfOldMonth(lease, month);

/** A new month needs a new lease, unless the ledger itself says that it has not begun. */
export const isOfOldMonth = ({ period, grantedInMonth }: Lease, month: string): boolean =>
  period !== "" && period < month && grantedInMonth !== month;
