import { and, count, eq, isNull, type SQL, sql } from "drizzle-orm";
import { accessKeys, agents, grants } from "#drizzle/schema/index.ts";
import { CreateGrant, type Grant, type GrantSubject } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type CommandCtx, command } from "../access/index.ts";
import { announced, getServerRow, userIdOf } from "../servers/index.ts";
import { isAttached } from "./attachments.ts";
import { describeGrants } from "./describe-grants.ts";
import { GatewayRef, type GatewayRow, getGatewayRow } from "./gateway-row.ts";
import { storedSubject } from "./grant-row.ts";
import { requireWildcardRoom } from "./wildcard-room.ts";

/**
 * Lets a subject call tools through a gateway: of one attached server, or of all. Throws `invalid_input` for a server
 * that is not attached, for a key that is not a live one of this gateway and for an agent that there is not.
 */
export const createGrant = announced(
  command({
    name: "grant.create",
    scope: "gateways:write",
    input: GatewayRef.extend(CreateGrant.shape),
    run: async (ctx, { gateway, subject, server, tools, callsPerMinuteMax, concurrentMax }) => {
      const row = await getGatewayRow(ctx.db, ctx.organization.id, gateway, { lock: true });
      await assertSubjectExists(ctx, row, subject);
      const serverId = server === null ? null : await attachedServer(ctx, row, server);
      await requireRoom(ctx, row);
      await requireWildcardRoom(ctx.db, row, { tools, grantId: null });
      const [inserted] = await ctx.db
        .insert(grants)
        .values({
          organizationId: row.organizationId,
          id: ctx.ids.id("grt"),
          gatewayId: row.id,
          ...storedSubject(subject),
          serverId,
          tools: [...new Set(tools)],
          callsPerMinuteMax,
          concurrentMax,
          createdBy: userIdOf(ctx.actor),
          createdAt: new Date(ctx.clock.nowMs()),
        })
        .returning();
      const [value]: Grant[] = inserted ? await describeGrants(ctx.db, row, [inserted]) : [];
      if (!value) throw new Error("inserting a grant answered no row");
      return {
        value,
        audit: {
          entity: "grant",
          entityId: value.id,
          after: {
            gatewayId: row.id,
            subject,
            serverId,
            tools: value.tools,
            callsPerMinuteMax,
            concurrentMax,
          },
        },
      };
    },
  }),
  (grant) => grant.id,
);

const refuse = (path: string, code: string, message: string): DomainError =>
  new DomainError("invalid_input", message, { errors: [{ path, code, message }] });

async function assertSubjectExists(
  ctx: CommandCtx,
  gateway: GatewayRow,
  subject: GrantSubject,
): Promise<void> {
  if (subject.kind === "agent") return assertAgentExists(ctx, subject.agentId);
  if (subject.kind !== "key") return;
  const [key] = await ctx.db
    .select({ id: accessKeys.id })
    .from(accessKeys)
    .where(
      and(
        eq(accessKeys.organizationId, gateway.organizationId),
        eq(accessKeys.gatewayId, gateway.id),
        eq(accessKeys.id, subject.keyId),
        isNull(accessKeys.revokedAt),
      ),
    );
  if (!key) throw refuse("subject.keyId", "not_found", "This gateway has no such key. Make one first.");
}

async function assertAgentExists(ctx: CommandCtx, agentId: string): Promise<void> {
  const [agent] = await ctx.db
    .select({ id: agents.id })
    .from(agents)
    .where(
      and(eq(agents.organizationId, ctx.organization.id), eq(agents.id, agentId), isNull(agents.deletedAt)),
    )
    // An agent that is being deleted takes its grants with it.
    .for("share");
  if (!agent) throw refuse("subject.agentId", "not_found", "There is no such agent. Make one first.");
}

async function attachedServer(ctx: CommandCtx, gateway: GatewayRow, ref: string): Promise<string> {
  const server = await getServerRow(ctx.db, ctx.organization.id, ref);
  const attachment = {
    organizationId: gateway.organizationId,
    gatewayId: gateway.id,
    serverId: server.id,
  };
  if (await isAttached(ctx.db, attachment)) return server.id;
  throw refuse("server", "not_attached", `${server.slug} is not behind this gateway. Attach it first.`);
}

async function requireRoom(ctx: CommandCtx, gateway: GatewayRow): Promise<void> {
  const { grantsPerGatewayMax, grantsPerOrganizationMax } = limits.gateways;
  const [existing] = await ctx.db
    .select({ ofOrganization: count(), ofGateway: countWhere(eq(grants.gatewayId, gateway.id)) })
    .from(grants)
    .where(eq(grants.organizationId, gateway.organizationId));
  if ((existing?.ofGateway ?? 0) >= grantsPerGatewayMax)
    throw new DomainError(
      "limit_reached",
      `A gateway has at most ${grantsPerGatewayMax} grants. Delete some first.`,
    );
  if ((existing?.ofOrganization ?? 0) >= grantsPerOrganizationMax)
    throw new DomainError(
      "limit_reached",
      `An organization has at most ${grantsPerOrganizationMax} grants. Delete some first.`,
    );
}

const countWhere = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;
