import type { Evidence, Shift, WindowComparison } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { isBeforeKept } from "./kept.ts";

const GROWTH_MIN = 1.5;
const MORE_CALLS_MIN = 20;

/** The window against the one just before it; null where that is not known. */
export function againstPrevious(evidence: Evidence): WindowComparison | null {
  if (!isBeforeKept(evidence)) return null;
  return (valueIn(evidence.usage.comparisons) ?? []).find(({ against }) => against === "previous") ?? null;
}

/** How many calls more than in the window before; null when they are not clearly more. */
export function moreCalls(evidence: Evidence): { now: number; before: number; more: number } | null {
  const compared = againstPrevious(evidence);
  if (compared === null) return null;
  const [now, before] = [compared.now.calls, compared.before.calls];
  const more = now - before;
  return more >= MORE_CALLS_MIN && now >= GROWTH_MIN * before ? { now, before, more } : null;
}

/** Values of a dimension that made at least that part of the calls that are more. */
export function causesOfMore(evidence: Evidence, dimension: Shift["dimension"], shareMin: number): Shift[] {
  const volume = moreCalls(evidence);
  if (volume === null) return [];
  return (againstPrevious(evidence)?.shifts ?? []).filter(
    (shift) =>
      shift.dimension === dimension &&
      shift.key !== "" &&
      shift.now.calls - shift.before.calls >= shareMin * volume.more,
  );
}

/** Values of a dimension that fail much more than the rest of it: the rest of the calls does well. */
export function failingAlone(evidence: Evidence, dimension: "region" | "version" | "tool"): Shift[] {
  const compared = againstPrevious(evidence);
  if (compared === null) return [];
  return compared.shifts.filter((shift) => {
    if (shift.dimension !== dimension || shift.now.calls < 5) return false;
    const others = {
      calls: compared.now.calls - shift.now.calls,
      errors: compared.now.errors - shift.now.errors,
    };
    const rate = shift.now.errors / shift.now.calls;
    return rate >= 0.3 && others.calls >= 5 && others.errors / others.calls <= rate / 3;
  });
}
