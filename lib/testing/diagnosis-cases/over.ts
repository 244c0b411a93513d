import { collected } from "../healthy-evidence.ts";
import { type Case, one } from "./case.ts";
import { AT, denied, inside } from "./changes.ts";

const BACK = "2026-11-20T14:26:00.000Z";
const OF_AGENT = { agentId: "agt_1" };

/** What turned callers away in the window and is over by its end: said as what it was. */
export const OVER_CASES: readonly Case[] = [
  one(
    "the agent's budget was raised, and its calls pass",
    "agent_fails",
    denied("budget_exceeded", 20, { ...OF_AGENT, backAt: BACK }),
    "budget_exhausted",
  ),
  one(
    "the agent's budget was raised, and it has not called since",
    "agent_fails",
    denied("budget_exceeded", 20, OF_AGENT),
    "budget_exhausted",
  ),
  one(
    "credits were added, and calls pass",
    "call_fails",
    denied("credits_exhausted", 60, { backAt: BACK }),
    "credits_exhausted",
  ),
  one(
    "credits were added, and nobody has called since",
    "call_fails",
    denied("credits_exhausted", 60),
    "credits_exhausted",
  ),
  one(
    "the agent was paused and resumed",
    "agent_fails",
    denied("agent_paused", 20, { ...OF_AGENT, backAt: BACK }),
    "agent_paused",
  ),
  one(
    "the agent was paused and resumed, and has not called since",
    "agent_fails",
    denied("agent_paused", 20, OF_AGENT),
    "agent_paused",
  ),
  one(
    "the agent ran in a loop and was resumed",
    "agent_fails",
    denied("loop_suspected", 20, OF_AGENT),
    "loop",
  ),
  one(
    "the agent was attached again",
    "agent_fails",
    denied("agent_not_attached", 20, { ...OF_AGENT, backAt: BACK }),
    "agent_not_attached",
  ),
  one(
    "a grant was given meanwhile",
    "agent_fails",
    denied("grant_missing_for_tool", 20, { ...OF_AGENT, backAt: BACK }),
    "tool_not_granted",
  ),
  one(
    "a grant was given meanwhile, and the agent has not called since",
    "agent_fails",
    denied("grant_missing_for_tool", 20, OF_AGENT),
    "tool_not_granted",
  ),
  one(
    "a key was replaced, and its owner calls with the new one",
    "auth_burst",
    (e) => {
      denied("key_revoked")(e);
      e.gateway.keys = collected([
        { id: "key_3", name: "Partner 2", event: "created" as const, at: AT, ownerId: "gw_1" },
        { id: "key_2", name: "Partner", event: "revoked" as const, at: AT, ownerId: "gw_1" },
      ]);
      const [known] = inside(e.gateway.reach);
      for (const [principal, at] of [
        ["key:key_2", "2026-11-20T14:10:00.000Z"],
        ["key:key_3", BACK],
      ] as const)
        if (known)
          inside(e.gateway.reach).push({
            ...known,
            ...{ client: "partner", principal, agentId: null, lastAt: at },
            stages: known.stages.map((stage) => ({ ...stage, at })),
          });
    },
    "key_revoked",
  ),
  one(
    "the agent's key was replaced",
    "auth_burst",
    denied("key_revoked", 60, { caller: "agent:agt_1", backAt: BACK }),
    "key_revoked",
  ),
  one(
    "the authorization server was away",
    "auth_burst",
    denied("issuer_unreachable", 60, { caller: "oauth:ann", backAt: BACK }),
    "issuer_unreachable",
  ),
  one(
    "the direct URL was closed and is open again",
    "auth_burst",
    (e) => {
      denied("direct_access_off")(e);
      if (e.subject.server) e.subject.server.directAccess = "public";
      Object.assign(inside(e.hosting.urls), { gatewayUrl: null, gatewayId: null, gatewayAccess: [] });
    },
    "direct_access_off",
  ),
];
