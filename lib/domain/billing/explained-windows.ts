import type { CreditExplanation, ExplainCreditsQuery } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { explainWindowDaysMax } = limits.money;

/** A window and the one of the same length just before it; epoch milliseconds of whole hours. */
export interface Windows {
  readonly beforeFromMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The window that was asked for, widened to whole hours; the last 24 hours by default. Throws `invalid_input` for one that is none. */
export function windowsOf({ from, to }: ExplainCreditsQuery, nowMs: number): Windows {
  // What happens at this very moment is in the hour that begins with it.
  const endMs = to === undefined ? nowMs + 1 : Date.parse(to);
  const toMs = Math.ceil(endMs / HOUR_MS) * HOUR_MS;
  const fromMs = from === undefined ? toMs - DAY_MS : Math.floor(Date.parse(from) / HOUR_MS) * HOUR_MS;
  const problem =
    fromMs >= toMs
      ? "The window ends before it begins. Give a `from` before `to`."
      : toMs - fromMs > explainWindowDaysMax * DAY_MS
        ? `Windows are up to ${explainWindowDaysMax} days long. Give a later \`from\`.`
        : null;
  if (problem !== null) {
    throw new DomainError("invalid_input", problem, {
      errors: [{ path: "from", code: "invalid_window", message: problem }],
    });
  }
  return { beforeFromMs: fromMs - (toMs - fromMs), fromMs, toMs };
}

export const windowOf = (fromMs: number, toMs: number): CreditExplanation["window"] => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});
