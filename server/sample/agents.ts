import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { createFileOnce } from "#lib/config/index.ts";
import type { UpdateAgentBudget } from "#lib/contract/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { attachAgentServer, createAgent, createAgentKey, listAgents } from "#lib/domain/agents/index.ts";
import { updateAgentBudget } from "#lib/domain/budgets/index.ts";
import { createGrant, listGrants } from "#lib/domain/gateways/index.ts";
import { AGENT_TOOLS } from "./scenarios.ts";

const ROLES = ["support", "digest"] as const;
type Role = (typeof ROLES)[number];

interface Made {
  name: string;
  description: string;
  /** What it may call beside what everybody may. */
  tools: readonly string[];
  budget: UpdateAgentBudget;
}

/** The agents of the sample, by what they are there to show. */
const AGENTS: Readonly<Record<Role, Made>> = {
  /** Works all day for several end users, well within its budget. */
  support: {
    name: "Support agent (sample)",
    description:
      "Answers tickets for the people of the sample's help desk. Its calls are made by this installation.",
    tools: AGENT_TOOLS,
    budget: {
      monthlyCapMicros: "50000000",
      defaultUserCapMicros: "20000000",
      anonymousUserCapMicros: "5000000",
      userCaps: [{ endUser: "mia@customer.example", capMicros: "10000000" }],
    },
  },
  /** Has so small a budget for each conversation that the end of one is denied. */
  digest: {
    name: "Digest agent (sample, small budget)",
    description:
      "Reads tickets for a digest. Each conversation may cost $0.004 only, so that now and then a call is denied by a budget.",
    tools: [],
    budget: { monthlyCapMicros: "15000000", sessionCapMicros: "4000" },
  },
};

const SampleAgent = z.object({ agentId: z.string(), key: z.string() });
const Stored = z.object({ support: SampleAgent, digest: SampleAgent });
/** How an agent of the sample proves itself. */
export type SampleAgent = z.infer<typeof SampleAgent>;

interface Behind {
  /** Every agent is attached to these. */
  servers: readonly string[];
  gatewayId: string;
  /** Keeps the keys, and says that all of it was made. */
  file: string;
}

/**
 * Makes the agents of the sample with their servers, grants, budgets and keys. What the users did since stays: a changed
 * budget counts, a detached server is not attached again, and a deleted agent does not come back.
 */
export async function ensureSampleAgents(
  ctx: Ctx,
  behind: Behind,
): Promise<Record<Role, SampleAgent | null>> {
  const stored = existsSync(behind.file)
    ? Stored.parse(JSON.parse(readFileSync(behind.file, "utf8")))
    : await makeAll(ctx, behind);
  const living = new Set((await listAgents(ctx, {})).map(({ id }) => id));
  const ifLiving = (agent: SampleAgent) => (living.has(agent.agentId) ? agent : null);
  return { support: ifLiving(stored.support), digest: ifLiving(stored.digest) };
}

async function makeAll(ctx: Ctx, behind: Behind): Promise<z.infer<typeof Stored>> {
  const made: Partial<Record<Role, SampleAgent>> = {};
  for (const role of ROLES) made[role] = await make(ctx, role, behind);
  return Stored.parse(JSON.parse(createFileOnce(behind.file, () => `${JSON.stringify(made)}\n`)));
}

/** Goes on where a start that failed in the middle ended. */
async function make(ctx: Ctx, role: Role, { servers, gatewayId }: Behind): Promise<SampleAgent> {
  const { name, description, tools, budget } = AGENTS[role];
  const existing = (await listAgents(ctx, {})).find((agent) => agent.name === name);
  const { id: agentId } = existing ?? (await createAgent(ctx, { name, description }));
  // The budget comes before the key: no call is made without it.
  await updateAgentBudget(ctx, { agent: agentId, ...budget });
  for (const server of servers) await attachAgentServer(ctx, { agent: agentId, server });
  if (tools.length > 0 && !(await hasGrant(ctx, gatewayId, agentId)))
    await createGrant(ctx, { gateway: gatewayId, subject: { kind: "agent", agentId }, tools: [...tools] });
  const { secret } = await createAgentKey(ctx, { agent: agentId, name: "Sample traffic" });
  return { agentId, key: secret };
}

async function hasGrant(ctx: Ctx, gateway: string, agentId: string): Promise<boolean> {
  const grants = await listGrants(ctx, { gateway });
  return grants.some(({ subject }) => subject.kind === "agent" && subject.agentId === agentId);
}
