import type { LimitSource } from "#lib/contract/index.ts";
import type { LeaseRefusal } from "#lib/domain/ledger/index.ts";

/** Why a call may not run for money's sake, as its caller is told. */
export interface MeterRefusal {
  readonly reason:
    | "budget_exceeded"
    | "credits_exhausted"
    | "budget_unavailable"
    | "loop_suspected"
    | "agent_paused";
  readonly limitSource: LimitSource;
  /** An agent's id, with the end user or session after it; the organization's id for credits. */
  readonly scopeId: string;
  readonly capMicros: bigint | null;
  readonly remainingMicros: bigint | null;
  /** Epoch milliseconds; null where time does not help. */
  readonly resetsAtMs: number | null;
  /** Null where the same call cannot succeed soon. */
  readonly retryAfterSeconds: number | null;
}

export const isMeterRefusal = (value: object | null): value is MeterRefusal =>
  value !== null && "limitSource" in value;

/** `mayComeBack`: what is missing is set aside for other calls that run, so that the same call may succeed soon. */
export function refusalByLimit(
  refusal: LeaseRefusal,
  { organizationId, mayComeBack }: { organizationId: string; mayComeBack: boolean },
): MeterRefusal {
  const { limitSource, scopeId, capMicros, remainingMicros, resetsAtMs } = refusal;
  if (limitSource === "agent_paused") return refusalOfAgent("agent_paused", scopeId);
  const isCredits = limitSource === "organization_credits";
  return {
    reason: isCredits ? "credits_exhausted" : "budget_exceeded",
    limitSource,
    scopeId: isCredits && scopeId === "" ? organizationId : scopeId,
    capMicros,
    remainingMicros,
    resetsAtMs,
    retryAfterSeconds: mayComeBack ? 1 : null,
  };
}

export const refusalAsUnavailable = (scopeId: string): MeterRefusal => ({
  reason: "budget_unavailable",
  limitSource: "unavailable",
  scopeId,
  capMicros: null,
  remainingMicros: null,
  resetsAtMs: null,
  retryAfterSeconds: 1,
});

/** By what was found out about the agent itself. */
export const refusalOfAgent = (reason: "loop_suspected" | "agent_paused", agentId: string): MeterRefusal => ({
  reason,
  limitSource: reason,
  scopeId: agentId,
  capMicros: null,
  remainingMicros: null,
  resetsAtMs: null,
  retryAfterSeconds: null,
});
