import type { Outcome } from "#lib/contract/index.ts";

/** What to do about a call that ended so; nothing for one that went well. */
export const OUTCOME_ADVICE: Readonly<Record<Outcome, string | null>> = {
  ok: null,
  tool_error:
    "Read the console lines and upstream calls below; the answer itself says what the tool reported.",
  protocol_error: "Compare the tool's name and arguments with its schema on the Tools page.",
  auth_denied: "See under Decision what was presented and what would have let the caller in.",
  grant_denied: "Give the caller a grant for this tool, or have it call another one.",
  rate_limited: "Let the client wait as long as Retry-After says, or raise the limit of the gateway.",
  budget_denied: "Open the decision: it names the limit, and how to lift it.",
  credit_denied: "Add credit to the organization.",
  too_large: "Ask for less at once, e.g. a page of the list, or raise the plan's size cap.",
  timeout: "See below what was still running: a slow upstream call, or the server's own code.",
  upstream_error: "Check that the server's own host is up; then run a smoke test.",
  runtime_error: "Look for a crash on the Hosting page, and at the last console lines below.",
  canceled: "If the client gave up too early, raise its timeout; else there is nothing to do.",
};
