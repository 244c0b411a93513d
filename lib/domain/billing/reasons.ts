import type { CreditReason } from "#lib/contract/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";

/** A reason while it is computed: what it did to the credits in the window and in the one before, in micros. */
export interface Reason {
  readonly kind: string;
  readonly label: string;
  readonly detail?: string | null;
  readonly amount: bigint;
  readonly before: bigint;
  readonly count: number;
  readonly countBefore: number;
  readonly isPart?: boolean;
  readonly agent?: { readonly id: string; readonly name: string | null } | null;
  readonly server?: { readonly id: string; readonly slug: string | null } | null;
  readonly tool?: string | null;
  /** UUID. */
  readonly txId?: string | null;
}

const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
const byBig = (left: bigint, right: bigint): number => (left === right ? 0 : left > right ? -1 : 1);

/** Biggest change against the window before first, then biggest amount; what did nothing in either window is left out. */
export const rankReasons = (reasons: readonly Reason[]): Reason[] =>
  reasons
    .filter(({ amount, before }) => amount !== 0n || before !== 0n)
    .sort(
      (left, right) =>
        byBig(size(left.amount - left.before), size(right.amount - right.before)) ||
        byBig(size(left.amount), size(right.amount)),
    );

/** The biggest reasons, and one for all the others, so that nothing is missing. */
export function foldReasons(reasons: readonly Reason[], namedMax: number): Reason[] {
  const ranked = rankReasons(reasons);
  const others = ranked.slice(namedMax);
  if (others.length === 0) return ranked;
  const sum = (of: (reason: Reason) => bigint): bigint =>
    others.reduce((total, reason) => total + of(reason), 0n);
  return [
    ...ranked.slice(0, namedMax),
    {
      kind: "other",
      label: "Everything else",
      amount: sum(({ amount }) => amount),
      before: sum((reason) => reason.before),
      count: others.reduce((total, { count }) => total + count, 0),
      countBefore: others.reduce((total, { countBefore }) => total + countBefore, 0),
    },
  ];
}

/**
 * What the reasons leave of the change. Use is told by when it was made and the books by when it was settled, so this is
 * what was made in one window and settled in another: little, unless a node could not reach the database.
 */
export function settledLate(
  reasons: readonly Reason[],
  change: { readonly amount: bigint; readonly before: bigint },
): Reason[] {
  return [
    {
      kind: "settled_late",
      label: "Calls made in one window and settled in another",
      amount: reasons.reduce((rest, reason) => rest - reason.amount, change.amount),
      before: reasons.reduce((rest, reason) => rest - reason.before, change.before),
      count: 0,
      countBefore: 0,
    },
  ];
}

/** The wire form. */
export const toCreditReason = (reason: Reason): CreditReason => ({
  kind: reason.kind,
  label: reason.label,
  detail: reason.detail ?? null,
  amountMicros: String(reason.amount),
  beforeMicros: String(reason.before),
  changeMicros: String(reason.amount - reason.before),
  count: reason.count,
  countBefore: reason.countBefore,
  isPart: reason.isPart ?? false,
  agentId: reason.agent?.id ?? null,
  agentName: reason.agent?.name ?? null,
  serverId: reason.server?.id ?? null,
  serverSlug: reason.server?.slug ?? null,
  tool: reason.tool ?? null,
  txId: reason.txId ? encodeId("tx", reason.txId) : null,
});
