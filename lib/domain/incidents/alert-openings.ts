import type { alerts } from "#drizzle/schema/index.ts";
import type { Symptom } from "#lib/contract/index.ts";
import { isId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Moment, Opening } from "./open-incident.ts";

export type AlertRow = typeof alerts.$inferSelect;

/** What people would have seen. */
const SYMPTOMS: Readonly<Record<string, Symptom>> = {
  error_burn: "call_fails",
  canary_failed: "call_fails",
  log_pipeline: "empty_logs",
  loop_suspected: "usage_spike",
  agent_budget_used: "agent_fails",
  credits_used: "credits_drop",
  top_up_failed: "credits_drop",
  payment_disputed: "credits_drop",
  ledger_drift: "credits_drop",
  metering_stale: "credits_drop",
};

/** What an alert opens. All alerts about one server belong together, as do all about one agent; others by their rule. */
export function openingOf(alert: AlertRow): Opening {
  const { serverId, rule, scope } = alert;
  const agentId = isId("agt", scope) ? scope : null;
  return {
    title: alert.title.slice(0, limits.incidents.titleCharactersMax),
    severity: alert.severity === "critical" ? "critical" : "warning",
    origin: "alert",
    symptom: SYMPTOMS[rule] ?? null,
    serverId,
    agentId,
    tool: null,
    client: null,
    requestId: null,
    dedupKey:
      serverId !== null
        ? `alert:server:${serverId}`
        : agentId !== null
          ? `alert:agent:${agentId}`
          : `alert:${rule}:${scope}`,
    recovers: serverId !== null,
  };
}

/** When it fired, and what was before it. */
export function momentOf({ firedAt }: AlertRow): Moment {
  const atMs = firedAt.getTime();
  return { atMs, fromMs: atMs - limits.incidents.windowMsDefault, toMs: atMs + 1 };
}
