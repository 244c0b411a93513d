import { and, eq } from "drizzle-orm";
import { accessKeys } from "#drizzle/schema/index.ts";
import type { ActionName, IncidentActionResult } from "#lib/contract/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { formatUsd, isMicros, microsOf } from "#lib/kernel/money.ts";
import type { Ctx } from "../access/index.ts";
import { createAgentKey, getAgentRow, pauseAgent, resumeAgent, rotateAgentKey } from "../agents/index.ts";
import { updateAgentBudget } from "../budgets/index.ts";
import { runToolsListSmoke } from "../checks/index.ts";
import { restartServer, rollbackVersion } from "../deployments/index.ts";
import { createGatewayKey, createServerKey } from "../gateways/index.ts";
import { getServerRow } from "../servers/index.ts";
import type { IncidentRow } from "./incident-row.ts";

interface Asked {
  readonly incident: IncidentRow;
  readonly targetId: string;
  /** The newest diagnosis suggests to do something to it. */
  readonly isNamed: boolean;
  readonly capMicros?: string | undefined;
  readonly version?: string | undefined;
}
type Done = Omit<IncidentActionResult, "action" | "secret"> & Partial<Pick<IncidentActionResult, "secret">>;
type Act = (ctx: Ctx, asked: Asked) => Promise<Done>;

/** How each action is done: by the verb that the dashboard uses elsewhere, which asks for its own scope. */
export const ACTS: Readonly<Record<ActionName, Act>> = {
  run_smoke: async (ctx, asked) => {
    const server = await ownServer(ctx, asked);
    const smoke = await runToolsListSmoke(withoutIdempotency(ctx), { server: server.id });
    const path = `/servers/${server.slug}`;
    return smoke.status === "passed"
      ? { status: "done", message: `Smoke passed: ${smoke.toolCount} tools.`, path }
      : { status: "failed", message: `Smoke failed: ${smoke.failure?.message ?? "no answer"}`, path };
  },
  roll_back: async (ctx, asked) => {
    const server = await ownServer(ctx, asked);
    const version = asked.version;
    await rollbackVersion(ctx, { server: server.id, ...(version !== undefined && { version }) });
    const to = version === undefined ? "the version before" : version;
    return started(`Rolling ${server.slug} back to ${to}.`, server.slug);
  },
  restart: async (ctx, asked) => {
    const server = await ownServer(ctx, asked);
    await restartServer(ctx, { server: server.id });
    return started(`Restarting ${server.slug}.`, server.slug);
  },
  pause_agent: async (ctx, asked) => {
    const agent = await ownAgent(ctx, asked);
    await pauseAgent(ctx, { agent: agent.id, note: `Incident #${asked.incident.number}` });
    return { status: "done", message: `${agent.name} is paused.`, path: `/agents/${agent.id}` };
  },
  resume_agent: async (ctx, asked) => {
    const agent = await ownAgent(ctx, asked);
    await resumeAgent(ctx, { agent: agent.id });
    return { status: "done", message: `${agent.name} runs again.`, path: `/agents/${agent.id}` };
  },
  raise_budget: async (ctx, asked) => {
    const agent = await ownAgent(ctx, asked);
    const cap = capOf(asked.capMicros);
    if (agent.monthlyCapMicros !== null && cap < agent.monthlyCapMicros)
      throw invalidCap(`The cap is $${formatUsd(agent.monthlyCapMicros)} now. Give a higher one.`);
    await updateAgentBudget(ctx, { agent: agent.id, monthlyCapMicros: String(cap) });
    return {
      status: "done",
      message: `${agent.name} may spend $${formatUsd(cap)} a month now.`,
      path: `/agents/${agent.id}/budget`,
    };
  },
  rotate_key: async (ctx, asked) => replaceKey(ctx, await ownKey(ctx, asked)),
};

const started = (message: string, slug: string): Done => ({
  status: "started",
  message,
  path: `/servers/${slug}/hosting`,
});

/** A smoke changes nothing, and its answer differs each time: it is not remembered under a key. */
const withoutIdempotency = ({ idempotency: _key, ...ctx }: Ctx): Ctx => ctx;

async function ownServer(ctx: Ctx, { incident, targetId, isNamed }: Asked) {
  const server = await getServerRow(ctx.database.db, ctx.organization.id, targetId);
  if (server.id !== incident.serverId && !isNamed) throw notFound("server");
  return server;
}

async function ownAgent(ctx: Ctx, { incident, targetId, isNamed }: Asked) {
  const agent = await getAgentRow(ctx.database.db, ctx.organization.id, targetId);
  if (agent.id !== incident.agentId && !isNamed) throw notFound("agent");
  return agent;
}

type KeyRow = typeof accessKeys.$inferSelect;

async function ownKey(ctx: Ctx, { incident, targetId, isNamed }: Asked): Promise<KeyRow> {
  const [key] = await ctx.database.db
    .select()
    .from(accessKeys)
    .where(and(eq(accessKeys.organizationId, ctx.organization.id), eq(accessKeys.id, targetId)));
  const isOwn = (id: string | null, own: string | null): boolean => id !== null && id === own;
  if (!key || !(isNamed || isOwn(key.agentId, incident.agentId) || isOwn(key.serverId, incident.serverId)))
    throw notFound("key");
  return key;
}

/** A new key in place of an old one. An agent's key that still works does so for a while yet; others until they are revoked. */
async function replaceKey(ctx: Ctx, key: KeyRow): Promise<Done> {
  const nowMs = ctx.clock.nowMs();
  const isOver = key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt.getTime() <= nowMs);
  const overlapHours = limits.incidents.rotatedKeyHours;
  if (key.agentId !== null) {
    const path = `/agents/${key.agentId}/keys`;
    if (isOver) {
      const made = await createAgentKey(ctx, { agent: key.agentId, name: key.name, expiresAt: null });
      return {
        status: "done",
        message: `A new key is made in place of ${key.name}.`,
        path,
        secret: made.secret,
      };
    }
    const made = await rotateAgentKey(ctx, { agent: key.agentId, key: key.id, overlapHours });
    const message = `A new key is made; the old ${key.name} works for ${overlapHours} hours more.`;
    return { status: "done", message, path, secret: made.secret };
  }
  const message = isOver
    ? `A new key is made in place of ${key.name}.`
    : `A new key is made; the old ${key.name} works until it is revoked.`;
  if (key.gatewayId !== null) {
    const made = await createGatewayKey(ctx, { gateway: key.gatewayId, name: key.name, expiresAt: null });
    return { status: "done", message, path: `/gateways/${key.gatewayId}`, secret: made.secret };
  }
  if (key.serverId === null) throw notFound("key");
  const server = await getServerRow(ctx.database.db, ctx.organization.id, key.serverId);
  const made = await createServerKey(ctx, { server: server.id, name: key.name, expiresAt: null });
  return { status: "done", message, path: `/servers/${server.slug}/settings`, secret: made.secret };
}

function capOf(text: string | undefined): bigint {
  if (text === undefined || !isMicros(text) || text.startsWith("-"))
    throw invalidCap("Give the new monthly cap in whole micro-USD, e.g. 25000000 for $25.");
  return microsOf(text);
}

const invalidCap = (message: string): DomainError =>
  new DomainError("invalid_input", message, { errors: [{ path: "capMicros", code: "invalid", message }] });
