import type { AccessMethod, EffectiveTool, TOOL_REASONS } from "#lib/contract/index.ts";
import { accessOf, type GrantRule } from "#lib/kernel/grant-rules.ts";

export type ToolReason = (typeof TOOL_REASONS)[number];

/** A server with what stands before it, as far as it decides about an agent's calls. */
export interface DecidedServer {
  readonly id: string;
  readonly slug: string;
  /** Whether it takes calls now. */
  readonly isActive: boolean;
  readonly isAttached: boolean;
  readonly directAccess: string;
  readonly gateway: {
    readonly name: string;
    readonly access: readonly AccessMethod[];
    readonly grants: readonly GrantRule[];
  } | null;
  /** Null while no tools/list of it has passed. */
  readonly tools: readonly string[] | null;
}

export interface DecidedAgent {
  readonly id: string;
  readonly name: string;
  readonly isPaused: boolean;
}

type Decision = Pick<EffectiveTool, "isAllowed" | "explanation" | "grantId"> & { reason: ToolReason };

const missing = (reason: ToolReason, explanation: string): Decision => ({
  isAllowed: false,
  reason,
  explanation,
  grantId: null,
});

/**
 * Which tools of a server an agent gets, one by one, each with what decides it and what to do. Decides by the rules of the
 * gateway itself. What is wrong with the whole server is said of each of its tools, or once where they are not known; of a
 * server that is not attached it is said once.
 */
export function decideTools(agent: DecidedAgent, server: DecidedServer): EffectiveTool[] {
  const place = { serverId: server.id, serverSlug: server.slug };
  const whole = decideServer(agent, server);
  if (!server.isAttached || server.tools === null)
    return [{ ...place, tool: null, ...(whole ?? toolsUnknown(server)) }];
  return server.tools.map((tool) => ({ ...place, tool, ...(whole ?? decideTool(agent, server, tool)) }));
}

/** What stands in the way of all calls to the server; null when nothing does. */
function decideServer(agent: DecidedAgent, server: DecidedServer): Decision | null {
  const { slug, gateway } = server;
  if (!server.isAttached)
    return missing(
      "not_attached",
      `${slug} is not attached to ${agent.name}. Attach it to let the agent call it.`,
    );
  if (gateway !== null && !gateway.access.includes("key"))
    return missing(
      "access_off",
      `The gateway ${gateway.name} takes no keys, and agents have nothing else. Turn on keys in its access.`,
    );
  if (gateway === null && server.directAccess === "off")
    return missing(
      "access_off",
      `Direct access to ${slug} is off and it is behind no gateway. Attach it to a gateway, or turn on direct access.`,
    );
  if (!server.isActive)
    return missing("server_inactive", `${slug} is not active. Publish or activate it on its Hosting page.`);
  if (agent.isPaused)
    return missing("agent_paused", `${agent.name} is paused: all its calls are denied. Resume it.`);
  return null;
}

function decideTool(agent: DecidedAgent, { id, slug, gateway }: DecidedServer, tool: string): Decision {
  if (gateway === null)
    return {
      isAllowed: true,
      reason: "allowed",
      explanation: `${slug} is attached and behind no gateway, so no grants limit its tools.`,
      grantId: null,
    };
  const caller = { kind: "agent", keyId: null, agentId: agent.id, claims: null };
  const grant = accessOf(gateway, caller, id).grantOf(tool);
  if (!grant)
    return missing(
      "grant_missing",
      `No grant of the gateway ${gateway.name} lets ${agent.name} call ${tool} of ${slug}. Add one for this agent or for everyone.`,
    );
  const whom = grant.subject.kind === "everyone" ? "everyone" : agent.name;
  return {
    isAllowed: true,
    reason: "allowed",
    explanation: `A grant of the gateway ${gateway.name} for ${whom} allows it.`,
    grantId: grant.id,
  };
}

const toolsUnknown = ({ slug }: DecidedServer): Decision =>
  missing("tools_unknown", `Nobody has seen the tools of ${slug} yet. Run a smoke test to read them.`);
