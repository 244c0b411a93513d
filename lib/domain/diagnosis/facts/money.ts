import type { Evidence } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { valueIn } from "./collected.ts";

type Movement = Extract<Evidence["billing"]["movements"], { status: "collected" }>["value"][number];
type Sum = { now: bigint; before: bigint; count: number; countBefore: number; txIds: string[] };

export const sizeOf = (micros: bigint): bigint => (micros < 0n ? -micros : micros);

/** What use costs, whichever kind of event told it. */
const USE: ReadonlySet<string> = new Set(["usage", "usage_event"]);
export const isUse = ({ kind }: Movement): boolean => USE.has(kind);
export const isExpiry = ({ kind }: Movement): boolean => kind === "expiry" || kind === "expired";
export const isClawback = ({ kind }: Movement): boolean =>
  kind === "refund" || kind === "dispute" || kind === "clawback";

export const movementsOf = (evidence: Evidence): Movement[] => valueIn(evidence.billing.movements) ?? [];

/** Sizes, whichever sign the books give them. */
export function sumOf(movements: readonly Movement[]): Sum {
  const total = (of: (movement: Movement) => string): bigint =>
    movements.reduce((sum, movement) => sum + sizeOf(microsOf(of(movement))), 0n);
  return {
    now: total(({ nowMicros }) => nowMicros),
    before: total(({ beforeMicros }) => beforeMicros),
    count: movements.reduce((sum, { count }) => sum + count, 0),
    countBefore: movements.reduce((sum, { countBefore }) => sum + countBefore, 0),
    txIds: movements.flatMap(({ txIds }) => txIds).slice(0, 5),
  };
}

/** More than half as much again. A cent is nobody's question. */
const NOTICED_MICROS = 10_000n;
export const isMuchMore = ({ now, before }: Pick<Sum, "now" | "before">): boolean =>
  now - before >= NOTICED_MICROS && 2n * now >= 3n * before;

/** Of each agent, what its use costs beside what was told late; the biggest increase first. */
export function agentUse(evidence: Evidence): { id: string; name: string; sum: Sum }[] {
  const used = movementsOf(evidence).filter((movement) => isUse(movement) && movement.agentId !== null);
  return [...Map.groupBy(used, ({ agentId }) => agentId ?? "")]
    .map(([id, movements]) => ({ id, name: movements[0]?.agentName ?? id, sum: sumOf(movements) }))
    .sort((a, b) => {
      const [more, other] = [a.sum.now - a.sum.before, b.sum.now - b.sum.before];
      return more === other ? (a.id < b.id ? -1 : 1) : more > other ? -1 : 1;
    });
}

/** Agents that cost more because they do more; what costs more each is another cause. */
export const agentsUsingMore = (evidence: Evidence): { id: string; name: string; sum: Sum }[] =>
  agentUse(evidence).filter(({ sum }) => isMuchMore(sum) && 5 * sum.count >= 6 * sum.countBefore);

/** What one unit of use costs now and did before, where prices differ. */
export function priceRise(
  evidence: Evidence,
): { from: string; to: string; now: bigint; before: bigint } | null {
  const used = movementsOf(evidence).filter((movement) => isUse(movement) && movement.priceVersion !== null);
  const newer = used.filter(({ count, countBefore }) => count > 0 && countBefore === 0);
  const older = used.filter(({ countBefore }) => countBefore > 0);
  const [to, from] = [newer[0]?.priceVersion, older[0]?.priceVersion];
  if (!to || !from || to === from) return null;
  const [now, before] = [sumOf(newer), sumOf(older)];
  if (now.count === 0 || before.countBefore === 0) return null;
  const [each, eachBefore] = [now.now / BigInt(now.count), before.before / BigInt(before.countBefore)];
  return 10n * each >= 11n * eachBefore && each > eachBefore
    ? { from, to, now: each, before: eachBefore }
    : null;
}

/** What went away without being used, or was told late, matters when it is some of what left in the window. */
export function isNoticed(evidence: Evidence, micros: bigint): boolean {
  const used = sumOf(movementsOf(evidence).filter(isUse)).now;
  return micros >= NOTICED_MICROS && 10n * micros >= used;
}

/** What a payment or top-up says of itself when it did not go through. */
export const isFailedPayment = (text: string): boolean =>
  /fail|declin|past[ _]due|paused|stopped|unpaid/i.test(text);
