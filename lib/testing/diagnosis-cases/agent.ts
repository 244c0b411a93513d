import { type Case, one } from "./case.ts";
import {
  AT,
  all,
  askedTool,
  denied,
  detached,
  fails,
  inside,
  notGranted,
  paused,
  removed,
  spent,
} from "./changes.ts";

/** An agent cannot use a tool. */
export const AGENT_CASES: readonly Case[] = [
  one(
    "the agent was detached",
    "agent_fails",
    all(detached, denied("agent_not_attached", 9, { agentId: "agt_1" })),
    "agent_not_attached",
  ),
  one("the grant does not name the tool", "agent_fails", all(askedTool, notGranted), "tool_not_granted"),
  one("nobody is granted anything", "agent_fails", denied("grant_missing_for_server"), "tool_not_granted"),
  one(
    "arguments do not fit any more",
    "agent_fails",
    all(fails("Input validation error: Invalid arguments for tool get_ticket: ticketId required"), (e) => {
      Object.assign(inside(e.smoke.tools), {
        changed: [{ name: "get_ticket", fields: ["inputSchema"], breaking: true }],
        changedAt: AT,
      });
    }),
    "schema_mismatch",
  ),
  one(
    "instructions are older than the schema",
    "agent_fails",
    fails("MCP error -32602: Invalid arguments: query is required"),
    "schema_mismatch",
  ),
  one(
    "a tool was removed and the agent listed since",
    "agent_fails",
    removed("2026-11-20T14:20:00.000Z"),
    "tool_removed",
  ),
  one(
    "the agent kept an old list",
    "agent_fails",
    removed("2026-11-20T14:02:00.000Z"),
    "client_cached_list",
    "tool_removed",
  ),
  one(
    "the agent's budget is used up",
    "agent_fails",
    all(spent, denied("budget_exceeded", 20, { agentId: "agt_1" })),
    "budget_exhausted",
  ),
  one(
    "another agent's budget is used up",
    "agent_fails",
    denied("budget_exceeded", 60, { agentId: "agt_2" }),
    "budget_exhausted",
  ),
  one(
    "somebody paused the agent",
    "agent_fails",
    all(paused("by_hand"), denied("agent_paused", 9, { agentId: "agt_1" })),
    "agent_paused",
  ),
  one(
    "a loop paused the agent",
    "agent_fails",
    all(paused("loop_suspected"), denied("loop_suspected", 9, { agentId: "agt_1" })),
    "loop",
    "agent_paused",
  ),
];
