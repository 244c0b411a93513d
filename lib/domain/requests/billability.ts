import type { Billability, Outcome, RequestRow, Source } from "#lib/contract/index.ts";

/** Whose calls are somebody's use of the server; the others are tests of it. */
const TEST_OF: Partial<Record<Source, string>> = {
  dashboard: "A test from the dashboard is free.",
  smoke: "A smoke or canary is free.",
};

/** Why a tool call with this outcome is free; null when it is not. */
const FREE_OUTCOME: Record<Outcome, string | null> = {
  ok: null,
  tool_error: null,
  protocol_error: "The message was refused before a tool ran.",
  auth_denied: "The gateway turned it away: the caller was not let in.",
  grant_denied: "The gateway turned it away: no grant allows it.",
  rate_limited: "The gateway turned it away: too many calls.",
  budget_denied: "The gateway turned it away: the budget is used up.",
  credit_denied: "The gateway turned it away: no credits are left.",
  too_large: "The message or its answer was too large, so no answer was delivered.",
  timeout: "The server did not answer in time.",
  upstream_error: "The server could not be reached or answered with an error.",
  runtime_error: "The server's runtime failed.",
  canceled: "The caller gave up before there was an answer.",
};

/** Whether a message costs credits once prices apply: a tool call of a real caller that the server answered. */
export function billabilityOf(
  row: Pick<RequestRow, "id" | "kind" | "method" | "source" | "outcome">,
): Billability {
  const reason = whyFree(row);
  return {
    id: row.id,
    isBillable: reason === null,
    amountMicros: null,
    txId: null,
    priceVersion: null,
    reason: reason ?? "A tool call that the server answered.",
  };
}

function whyFree({
  kind,
  method,
  source,
  outcome,
}: Pick<RequestRow, "kind" | "method" | "source" | "outcome">): string | null {
  if (kind !== "request" || method !== "tools/call")
    return "Only tool calls cost credits; this is part of the protocol.";
  return TEST_OF[source] ?? FREE_OUTCOME[outcome];
}
