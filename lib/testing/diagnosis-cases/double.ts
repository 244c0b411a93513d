import { type Case, one } from "./case.ts";
import {
  all,
  answers,
  connected,
  denied,
  fails,
  inside,
  more,
  moved,
  notGranted,
  PUBLISHED,
  paused,
  slower,
  spent,
} from "./changes.ts";

/** Two faults at once. */
export const DOUBLE_CASES: readonly Case[] = [
  one(
    "a key was revoked and the upstream breaks",
    null,
    all(
      connected,
      denied("key_revoked"),
      fails("The server answered with HTTP 500.", { outcome: "upstream_error" }),
    ),
    "key_revoked",
    "upstream_errors",
  ),
  one(
    "the agent is paused and the upstream is gone",
    "agent_fails",
    all(
      connected,
      paused("by_hand"),
      fails("The upstream server refused the connection.", { outcome: "upstream_error" }),
    ),
    "agent_paused",
    "upstream_down",
  ),
  one(
    "other callers lack a grant, and the agent's key was revoked",
    "agent_fails",
    all(
      denied("grant_missing_for_tool", 40, { agentId: "agt_2" }),
      denied("key_revoked", 30, { agentId: "agt_1" }),
    ),
    "key_revoked",
    "tool_not_granted",
  ),
  one(
    "a paused agent was resumed, and a grant is missing now",
    "agent_fails",
    all(
      denied("agent_paused", 20, { agentId: "agt_1" }),
      denied("agent_not_attached", 20, { agentId: "agt_1" }),
      denied("grant_missing_for_tool", 40, { agentId: "agt_1" }),
      notGranted,
    ),
    "tool_not_granted",
    "agent_paused",
  ),
  one(
    "a budget is empty and the upstream is slow",
    "agent_fails",
    all(spent, denied("budget_exceeded", 60, { agentId: "agt_1" }), slower(1_500, 1_480)),
    "budget_exhausted",
    "upstream_slow",
  ),
  one(
    "an agent spends more and credits expired",
    "credits_drop",
    all(moved("usage", "-9000000", "Night agent", 900), moved("expiry", "-3000000")),
    "credits_expired",
    "hosted_agent_use",
  ),
  one(
    "a bad version and a revoked key",
    null,
    all(PUBLISHED, fails("Cannot read properties of undefined"), denied("key_revoked")),
    "bad_deployment",
    "key_revoked",
  ),
  one(
    "the agent's budget is used up and the server is down",
    "agent_fails",
    all(
      connected,
      spent,
      denied("budget_exceeded", 20, { agentId: "agt_1" }),
      fails("The upstream server refused the connection.", { outcome: "upstream_error" }),
    ),
    "budget_exhausted",
    "upstream_down",
  ),
  one(
    "every call fails, and its only caller tries again and again",
    "call_fails",
    all(fails("Cannot read properties of undefined"), more(400, []), (e) => {
      const repeats = inside(e.usage.repeats);
      repeats.retryRatio = 0.6;
      repeats.ratio = 0.9;
      const [group] = inside(e.logs.errors).groups;
      if (group) group.count = inside(e.logs.counts).now.calls;
    }),
    "server_code_error",
  ),
  one(
    "an API refuses its key since about when a version was published",
    "call_fails",
    all(PUBLISHED, fails("API answered 401"), answers({ "2xx": 60, "401": 40 })),
    "upstream_auth",
    "bad_deployment",
  ),
  one(
    "an agent lacks a grant, and a partner's key was revoked",
    "agent_fails",
    all(denied("grant_missing_for_tool", 20, { agentId: "agt_1" }), denied("key_revoked", 90), notGranted),
    "tool_not_granted",
    "key_revoked",
  ),
  one(
    "the agent had no budget for a while, and a tool breaks now",
    "agent_fails",
    all(
      denied("budget_exceeded", 20, { agentId: "agt_1", backAt: "2026-11-20T14:26:00.000Z" }),
      fails("Cannot read properties of undefined"),
    ),
    "server_code_error",
    "budget_exhausted",
  ),
  one(
    "the agent had no budget for a while, and the server is down now",
    "agent_fails",
    all(
      connected,
      denied("budget_exceeded", 20, { agentId: "agt_1", backAt: "2026-11-20T14:26:00.000Z" }),
      fails("The upstream server refused the connection.", { outcome: "upstream_error" }),
    ),
    "upstream_down",
    "budget_exhausted",
  ),
];
