import { limits } from "#lib/kernel/limits.ts";
import { larger, smaller } from "./amounts.ts";

/**
 * How much a lease sets aside: what the node wants, at most its share of what is left, but at least one call. Null when not
 * even that is left. As little is left, leases shrink to single calls, so that all of it can be spent, wherever calls come.
 */
export function leaseSize({
  remaining,
  need,
  want,
  liveNodes,
}: {
  remaining: bigint;
  need: bigint;
  want: bigint;
  liveNodes: number;
}): bigint | null {
  const least = larger(need, 1n);
  if (remaining < least) return null;
  const nodes = Number.isFinite(liveNodes) ? Math.max(1, Math.floor(liveNodes)) : 1;
  const share = remaining / BigInt(limits.money.leaseShareOfRemaining * nodes);
  return larger(least, smaller(want, share));
}
