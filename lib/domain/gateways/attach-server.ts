import { and, count, eq } from "drizzle-orm";
import { gatewayServers, publicIds } from "#drizzle/schema/index.ts";
import { type Attachment, AttachServer } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type CommandCtx, command } from "../access/index.ts";
import { announced, getServerRow, ServerRef, userIdOf } from "../servers/index.ts";
import { loadAttachments } from "./attachments.ts";
import { getGatewayRow } from "./gateway-row.ts";
import { newPublicId } from "./public-id.ts";

/**
 * Puts a server behind a gateway; its direct URL closes to callers. Behind the same gateway it keeps its public URL
 * unless another one is asked for; moved from another gateway it gets a new one, because other people may hold the
 * old. Throws `conflict` for a public id that is taken, or that another organization has ever used.
 */
export const attachServer = announced(
  command({
    name: "gateway.attach",
    scope: "gateways:write",
    input: ServerRef.extend(AttachServer.shape),
    run: async (ctx, { server, gatewayId, publicId }) => {
      const row = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
      const gateway = await getGatewayRow(ctx.db, ctx.organization.id, gatewayId, { lock: true });
      const mine = and(
        eq(gatewayServers.organizationId, row.organizationId),
        eq(gatewayServers.serverId, row.id),
      );
      const [before] = await ctx.db.select().from(gatewayServers).where(mine);
      const stays = before?.gatewayId === gateway.id;
      if (!stays) await requireRoom(ctx, gateway.id);
      const wanted = publicId ?? (stays ? before.publicId : newPublicId(ctx.ids));
      if (!stays || wanted !== before.publicId) {
        await claimPublicId(ctx, wanted);
        if (before) await ctx.db.delete(gatewayServers).where(mine);
        const inserted = await ctx.db
          .insert(gatewayServers)
          .values({
            organizationId: row.organizationId,
            serverId: row.id,
            gatewayId: gateway.id,
            publicId: wanted,
            attachedBy: userIdOf(ctx.actor),
            attachedAt: new Date(ctx.clock.nowMs()),
          })
          .onConflictDoNothing()
          .returning({ publicId: gatewayServers.publicId });
        if (inserted.length === 0) throw publicIdTaken(wanted);
      }
      return {
        value: await attachmentOf(ctx, row.id),
        audit: {
          entity: "server",
          entityId: row.id,
          before: before ? { gatewayId: before.gatewayId, publicId: before.publicId } : null,
          after: { gatewayId: gateway.id, publicId: wanted },
        },
      };
    },
  }),
  (attachment) => attachment.serverId,
);

async function attachmentOf(ctx: CommandCtx, serverId: string): Promise<Attachment> {
  const [attachment] = await loadAttachments(ctx, { serverIds: [serverId] });
  if (!attachment) throw new Error("an attachment that was just written is not there");
  return attachment;
}

async function requireRoom(ctx: CommandCtx, gatewayId: string): Promise<void> {
  const max = limits.gateways.serversPerGatewayMax;
  const [attached] = await ctx.db
    .select({ total: count() })
    .from(gatewayServers)
    .where(
      and(eq(gatewayServers.organizationId, ctx.organization.id), eq(gatewayServers.gatewayId, gatewayId)),
    );
  if ((attached?.total ?? 0) < max) return;
  throw new DomainError("limit_reached", `A gateway fronts at most ${max} servers. Make another gateway.`);
}

/** Clients keep a URL longer than its server lives: what they send to it must never reach another organization. */
async function claimPublicId(ctx: CommandCtx, publicId: string): Promise<void> {
  const [claimed] = await ctx.db
    .insert(publicIds)
    .values({
      publicId,
      organizationId: ctx.organization.id,
      firstUsedAt: new Date(ctx.clock.nowMs()),
    })
    // Changes nothing, but answers whose it is.
    .onConflictDoUpdate({ target: publicIds.publicId, set: { publicId } })
    .returning({ organizationId: publicIds.organizationId });
  if (claimed?.organizationId !== ctx.organization.id) throw publicIdTaken(publicId);
}

function publicIdTaken(publicId: string): DomainError {
  const message = `The public id "${publicId}" is taken. It is part of a public URL, so it is unique everywhere: choose another, or leave it out.`;
  return new DomainError("conflict", message, { errors: [{ path: "publicId", code: "taken", message }] });
}
