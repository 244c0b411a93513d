import type { Billability, Outcome, RequestRow, Source } from "#lib/contract/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";

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
  budget_denied: "The gateway turned it away: a limit of the agent.",
  credit_denied: "The gateway turned it away: no credits are left.",
  too_large: "The message or its answer was too large, so no answer was delivered.",
  timeout: "The server did not answer in time.",
  upstream_error: "The server could not be reached or answered with an error.",
  runtime_error: "The server's runtime failed.",
  canceled: "The caller gave up before there was an answer.",
};

/** The verdicts whose reason the outcome does not tell. */
const ZERO_RATED: Readonly<Record<string, string>> = {
  "zero_rated:protocol": "Only tool calls cost credits; this is part of the protocol.",
  "zero_rated:test": "A test is free.",
  "zero_rated:denied": "It was turned away before it ran.",
  "zero_rated:platform_fault": "No answer of the server was delivered.",
  "zero_rated:refused": "The message was refused before a tool ran.",
  "zero_rated:unpriced": "The plan of the organization has no prices.",
  "zero_rated:invalid_charge": "Its price could not be booked, so nothing was billed.",
};

/** What a row's debit says of it: the transaction, as the database has it, and the prices that it was counted by. */
export interface Debit {
  readonly txId: string;
  readonly priceVersion: string | null;
}

type Judged = Pick<RequestRow, "id" | "kind" | "method" | "source" | "outcome" | "billing" | "amountMicros">;

/**
 * Whether a message cost credits, as it was decided when it passed; rows from before there were prices cost nothing, and
 * say whether they would by the same rules: a tool call of a real caller that the server answered.
 */
export function billabilityOf(row: Judged, debit: Debit | null = null): Billability {
  const free = whyFree(row);
  const isBilled = row.billing === "billed";
  return {
    id: row.id,
    isBillable: row.billing === null ? free === null : isBilled,
    amountMicros: row.amountMicros,
    txId: debit === null ? null : encodeId("tx", debit.txId),
    priceVersion: debit?.priceVersion ?? null,
    reason: isBilled
      ? "A tool call that the server answered."
      : (free ?? reasonOf(row.billing) ?? "A tool call that the server answered."),
  };
}

const reasonOf = (verdict: string | null): string | null =>
  verdict === null
    ? null
    : Object.hasOwn(ZERO_RATED, verdict)
      ? (ZERO_RATED[verdict] ?? null)
      : "It is free.";

function whyFree({ kind, method, source, outcome }: Judged): string | null {
  if (kind !== "request" || method !== "tools/call")
    return "Only tool calls cost credits; this is part of the protocol.";
  return TEST_OF[source] ?? FREE_OUTCOME[outcome];
}
