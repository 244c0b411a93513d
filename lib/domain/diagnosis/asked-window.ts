import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

const { windowMsMin, windowMsMax, futureMsMax } = limits.incidents;
const DAY_MS = 24 * 3_600_000;

/**
 * A window that somebody names by its ends, in epoch milliseconds, half-open; one that ends a little ahead of our clock ends
 * now. Throws `invalid_input` for one that is reversed, lies ahead, or is shorter or longer than a diagnosis looks at.
 */
export function askedWindow(
  asked: { from: string; to: string },
  nowMs: number,
): { fromMs: number; toMs: number } {
  const [fromMs, toMs] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (toMs <= fromMs) throw invalid("to", "reversed", "The window ends before it begins. Give a later end.");
  if (toMs > nowMs + futureMsMax)
    throw invalid("to", "in_future", "The window ends in the future. End it now or earlier.");
  if (toMs - fromMs > windowMsMax)
    throw invalid("from", "too_long", `A window is ${windowMsMax / DAY_MS} days long at most. Begin later.`);
  if (toMs - fromMs < windowMsMin)
    throw invalid(
      "from",
      "too_short",
      `A window is ${windowMsMin / 60_000} minute long at least. Begin earlier.`,
    );
  return { fromMs: Math.min(fromMs, nowMs - windowMsMin), toMs: Math.min(toMs, nowMs) };
}

const invalid = (path: string, code: string, message: string): DomainError =>
  new DomainError("invalid_input", message, { errors: [{ path, code, message }] });
