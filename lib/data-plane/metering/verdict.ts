import type { Outcome, RequestKind, Source } from "#lib/contract/index.ts";

/** Why a message costs nothing. */
export type ZeroRate = "protocol" | "test" | "denied" | "platform_fault" | "unpriced" | "refused";

const ZERO_RATE_OF: Readonly<Record<Outcome, ZeroRate | null>> = {
  ok: null,
  tool_error: null,
  protocol_error: "refused",
  auth_denied: "denied",
  grant_denied: "denied",
  rate_limited: "denied",
  budget_denied: "denied",
  credit_denied: "denied",
  too_large: "platform_fault",
  timeout: "platform_fault",
  upstream_error: "platform_fault",
  runtime_error: "platform_fault",
  canceled: "platform_fault",
};

/** Why a tool call that ended like this is free; null when it is billed: a real caller's, that the server answered. */
export function zeroRateOf(
  { kind, source, outcome }: { kind: RequestKind; source: Source; outcome: Outcome },
  isPriced: boolean,
): ZeroRate | null {
  // Nothing answers a notification.
  if (kind !== "request") return "protocol";
  if (source === "smoke" || source === "dashboard") return "test";
  return ZERO_RATE_OF[outcome] ?? (isPriced ? null : "unpriced");
}
