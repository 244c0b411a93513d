import type { FailingCall } from "#lib/contract/index.ts";
import { shift } from "../healthy-evidence.ts";
import { type Case, fine, one } from "./case.ts";
import { AT, all, denied, fails, few, inside, PUBLISHED, wanted } from "./changes.ts";

const UNKNOWN = { tool: "get_tickets", outcome: "protocol_error" } as const;

/** An agent's own calls, all of which failed, are few among those of others. */
const ownCallsFail =
  (calls: number, { tool, outcome }: Pick<FailingCall, "tool" | "outcome">): Case["change"] =>
  (e) => {
    Object.assign(inside(e.budget.calls), { calls, callsOk: 0 });
    inside(e.logs.failing).push({
      requestId: "req_failed",
      at: AT,
      tool,
      method: "tools/call",
      outcome,
      httpStatus: 200,
      error: null,
      lastHop: "runtime",
      durationMs: 5,
      upstreamMs: null,
      agentId: "agt_1",
      client: "desk-agent",
    });
  };

/** Tools that are not there, or not any more. */
export const TOOL_CASES: readonly Case[] = [
  one(
    "an app names a tool that never was",
    "call_fails",
    all(fails("Tool get_tickets not found", UNKNOWN), wanted("get_tickets", 30)),
    "tool_unknown",
  ),
  one(
    "an app names a tool that never was, and the server says so with a code only",
    "call_fails",
    all(fails("Invalid params", UNKNOWN), wanted("get_tickets", 30)),
    "tool_unknown",
  ),
  one(
    "a version was published, and an app names a tool that no version ever had",
    null,
    all(PUBLISHED, fails("Unknown tool: get_tickets", UNKNOWN), wanted("get_tickets", 30)),
    "tool_unknown",
  ),
  one(
    "no grant names a tool that never was",
    "agent_fails",
    all(
      denied("grant_missing_for_tool", 30, { agentId: "agt_1", tool: "get_tickets" }),
      wanted("get_tickets", 30, { denied: 30 }),
    ),
    "tool_unknown",
  ),
  one(
    "one agent among many callers names a tool that never was",
    "agent_fails",
    all(
      few(5_000),
      fails("Tool get_tickets not found", { ...UNKNOWN, count: 10 }),
      wanted("get_tickets", 10, { callers: [{ client: null, agentId: "agt_1", calls: 10 }] }),
      ownCallsFail(10, UNKNOWN),
    ),
    "tool_unknown",
  ),
  one(
    "one agent among many callers brings the wrong arguments",
    "agent_fails",
    all(
      few(5_000),
      fails("Invalid arguments for tool get_ticket: ticketId required", { count: 10 }),
      ownCallsFail(10, { tool: "get_ticket", outcome: "tool_error" }),
    ),
    "schema_mismatch",
  ),
  one(
    "a tool was taken away weeks ago",
    "call_fails",
    all(
      fails("Tool list_tickets not found", { ...UNKNOWN, tool: "list_tickets" }),
      wanted("list_tickets", 30, { lastOfferedAt: "2026-10-01T08:00:00.000Z" }),
    ),
    "tool_removed",
  ),
  one(
    "one tool of many is broken since a while",
    "call_fails",
    all(few(5_000), fails("Cannot read properties of undefined", { count: 40 }), (e) => {
      const [previous] = inside(e.usage.comparisons);
      if (previous)
        Object.assign(previous, {
          now: { calls: 5_040, errors: 40 },
          shifts: [shift("tool", "get_ticket", [40, 40], [38, 0])],
        });
    }),
    "server_code_error",
  ),
  fine("a model names a tool that never was, now and then", null, (e) => {
    few(37)(e);
    all(fails("Tool get_tickets not found", { ...UNKNOWN, count: 3 }), wanted("get_tickets", 3))(e);
  }),
  fine(
    "a tool did not find what it was asked for, as it often does",
    "call_fails",
    fails("Tool call failed: ticket 403 not found", { count: 12, countBefore: 11 }),
  ),
];
