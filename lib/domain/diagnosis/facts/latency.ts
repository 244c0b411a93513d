import type { Evidence, Symptom } from "#lib/contract/index.ts";
import type { Asked } from "../check.ts";
import { valueIn } from "./collected.ts";
import { isBeforeKept } from "./kept.ts";

/** In each window, for a slowdown that nobody asked about. */
const CALLS_MIN = 20;

/** Questions about something else: that calls are slow as well makes nobody be turned away, and costs no credits. */
const NOT_ABOUT_TIME: ReadonlySet<Symptom | null> = new Set([
  "empty_logs",
  "usage_spike",
  "credits_drop",
  "auth_burst",
] as const);

/** Calls that take much longer than before, at the 95th percentile; null when they do not, or when it cannot be told. */
export function slowdownOf(
  evidence: Evidence,
  { symptom }: Asked,
): { nowMs: number; beforeMs: number } | null {
  const hops = valueIn(evidence.logs.hops);
  if (hops === null || NOT_ABOUT_TIME.has(symptom)) return null;
  const isAsked = symptom === "slow";
  // The 95th percentile of a few calls is the slowest of them, which may have woken a runtime.
  const calls = valueIn(evidence.logs.counts);
  if (!isAsked && (calls === null || Math.min(calls.now.calls, calls.before.calls) < CALLS_MIN)) return null;
  if (!isBeforeKept(evidence)) return null;
  return slower(hops.now.totalP95Ms, hops.before.totalP95Ms, isAsked);
}

/** The same of the hop behind. */
export function upstreamSlowdownOf(
  evidence: Evidence,
  { symptom }: Asked,
): { nowMs: number; beforeMs: number } | null {
  const hops = valueIn(evidence.logs.hops);
  const total = slowdownOf(evidence, { symptom });
  if (hops === null || total === null || hops.now.upstreamP95Ms === null) return null;
  const { upstreamP95Ms } = hops.now;
  // Without calls behind before, what they take now counts when it is most of what the caller waits for.
  const beforeMs = hops.before.upstreamP95Ms ?? 0;
  const isMost = upstreamP95Ms - beforeMs >= 0.5 * (total.nowMs - total.beforeMs);
  return isMost ? { nowMs: upstreamP95Ms, beforeMs } : null;
}

/** Nobody who does not ask about it is told of a slowdown that few would notice. */
function slower(nowMs: number | null, beforeMs: number | null, isAsked: boolean) {
  if (nowMs === null || beforeMs === null) return null;
  const [factorMin, moreMsMin] = isAsked ? [1.5, 200] : [3, 500];
  return nowMs >= factorMin * beforeMs && nowMs - beforeMs >= moreMsMin ? { nowMs, beforeMs } : null;
}

/** Calls that waited for a runtime to start, when that is most of what calls take longer. */
export function startsSlowdownOf(
  evidence: Evidence,
  asked: Asked,
): { calls: number; waitedMs: number } | null {
  const hops = valueIn(evidence.logs.hops);
  const total = slowdownOf(evidence, asked);
  if (hops === null || total === null || hops.now.startP95Ms === null) return null;
  const { coldStarts: calls, startP95Ms: waitedMs } = hops.now;
  // What hardly any call waited for does not show at the 95th percentile.
  const isSome = calls * 20 >= (valueIn(evidence.logs.counts)?.now.calls ?? 0);
  return isSome && calls > hops.before.coldStarts && waitedMs >= 0.5 * (total.nowMs - total.beforeMs)
    ? { calls, waitedMs }
    : null;
}
