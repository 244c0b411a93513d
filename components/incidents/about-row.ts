import type { Outcome, RequestRow, Symptom } from "#lib/contract/index.ts";
import type { StartAbout } from "./start-href.ts";

/** What somebody sees of a call that ended so; null where it says nothing. */
const SYMPTOM_OF: Readonly<Partial<Record<Outcome, Symptom>>> = {
  auth_denied: "auth_burst",
  grant_denied: "agent_fails",
  rate_limited: "agent_fails",
  budget_denied: "agent_fails",
  credit_denied: "agent_fails",
  tool_error: "call_fails",
  protocol_error: "call_fails",
  too_large: "call_fails",
  timeout: "call_fails",
  upstream_error: "call_fails",
  runtime_error: "call_fails",
};

/** What is known of one call when somebody asks what broke. `server`: its slug or id. */
export const aboutRow = (
  row: Pick<RequestRow, "outcome" | "tool" | "agentId" | "client" | "requestId" | "timestamp">,
  server: string,
): StartAbout => ({
  symptom: SYMPTOM_OF[row.outcome] ?? null,
  server,
  agent: row.agentId,
  tool: row.tool,
  client: row.client.name,
  requestId: row.requestId,
  at: row.timestamp,
  origin: "log",
});
