import { and, count, desc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { alertChannels, alertDeliveries, organizations } from "#drizzle/schema/index.ts";
import {
  type AlertChannel,
  CreateAlertChannel,
  type CreatedAlertChannel,
  UpdateAlertChannel,
} from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type CommandCtx, command, query } from "../access/index.ts";
import { parseSinkUrl } from "../log-drains/index.ts";
import { userIdOf } from "../servers/index.ts";
import { ChannelRef, getChannelRow, secretContext, toChannel } from "./channel-row.ts";
import { deliveryStatus } from "./delivery-row.ts";

const SECRET_BYTES = 24;

/** Where alerts go, by time of creation, with how the last delivery to each ended. */
export const listAlertChannels = query({
  name: "alertChannel.list",
  scope: "alerts:read",
  input: z.object({}),
  run: async (ctx): Promise<AlertChannel[]> => {
    const { db } = ctx.database;
    const rows = await db
      .select()
      .from(alertChannels)
      .where(and(eq(alertChannels.organizationId, ctx.organization.id), isNull(alertChannels.deletedAt)))
      .orderBy(alertChannels.createdAt, alertChannels.id)
      .limit(limits.money.alertChannelsMax);
    const last = await db
      .selectDistinctOn([alertDeliveries.channelId])
      .from(alertDeliveries)
      .where(eq(alertDeliveries.organizationId, ctx.organization.id))
      .orderBy(alertDeliveries.channelId, desc(alertDeliveries.id));
    const lastOf = new Map(last.map((row) => [row.channelId, row]));
    return rows.map((row) => {
      const delivery = lastOf.get(row.id);
      return toChannel(
        row,
        delivery
          ? {
              at: (delivery.endedAt ?? delivery.createdAt).toISOString(),
              status: deliveryStatus(delivery.status),
              message: delivery.message,
            }
          : null,
      );
    });
  },
});

/**
 * Makes a channel that gets alerts from now on. A webhook's secret is answered this once: its receiver checks signatures
 * by it. Throws `invalid_input` for an address that cannot be one, or for e-mail where no SMTP server is configured.
 */
export const createAlertChannel = command({
  name: "alertChannel.create",
  scope: "alerts:write",
  input: CreateAlertChannel,
  run: async (ctx, { kind, name, target }) => {
    const address = kind === "webhook" ? parseSinkUrl(ctx.doors, target, "target") : requireMail(ctx, target);
    await requireRoom(ctx);
    const id = ctx.ids.id("alc");
    const organizationId = ctx.organization.id;
    const secret = kind === "webhook" ? newSecret(ctx) : null;
    const [row] = await ctx.db
      .insert(alertChannels)
      .values({
        organizationId,
        id,
        kind,
        name,
        target: address,
        secret: secret === null ? null : ctx.doors.seal(secret, secretContext({ organizationId, id })),
        createdBy: userIdOf(ctx.actor),
        createdAt: new Date(ctx.clock.nowMs()),
      })
      .returning();
    if (!row) throw new Error("inserting an alert channel answered no row");
    const value: z.infer<typeof CreatedAlertChannel> = { ...toChannel(row), secret };
    return {
      value,
      audit: { entity: "alertChannel", entityId: id, after: { kind, name, target: address } },
    };
  },
});

/** Turns a channel on or off; what waits for it while it is off is not sent. */
export const updateAlertChannel = command({
  name: "alertChannel.update",
  scope: "alerts:write",
  input: ChannelRef.extend(UpdateAlertChannel.shape),
  run: async (ctx, { channel, isOn }) => {
    const before = await getChannelRow(ctx.db, ctx.organization.id, channel);
    await ctx.db
      .update(alertChannels)
      .set({ isOn })
      .where(and(eq(alertChannels.organizationId, before.organizationId), eq(alertChannels.id, before.id)));
    return {
      value: toChannel({ ...before, isOn }),
      audit: {
        entity: "alertChannel",
        entityId: before.id,
        before: { isOn: before.isOn },
        after: { isOn },
      },
    };
  },
});

/** Deletes a channel; what waits for it is not sent. */
export const deleteAlertChannel = command({
  name: "alertChannel.delete",
  scope: "alerts:write",
  input: ChannelRef,
  run: async (ctx, { channel }) => {
    const row = await getChannelRow(ctx.db, ctx.organization.id, channel);
    const own = and(eq(alertChannels.organizationId, row.organizationId), eq(alertChannels.id, row.id));
    await ctx.db
      .update(alertChannels)
      .set({ deletedAt: new Date(ctx.clock.nowMs()) })
      .where(own);
    return {
      value: undefined,
      audit: { entity: "alertChannel", entityId: row.id, before: { name: row.name, target: row.target } },
    };
  },
});

/** As Standard Webhooks 1.0 writes it: base64 after a prefix. */
const newSecret = (ctx: CommandCtx): string =>
  `whsec_${Buffer.from(ctx.ids.secret(SECRET_BYTES), "base64url").toString("base64")}`;

function requireMail(ctx: CommandCtx, target: string): string {
  if (ctx.doors.mail !== null) return target;
  const message =
    "This installation sends no e-mail. Ask the operator to set MCPSTACK_SMTP_URL, or use a webhook.";
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "kind", code: "not_configured", message }],
  });
}

async function requireRoom(ctx: CommandCtx): Promise<void> {
  const own = eq(organizations.id, ctx.organization.id);
  await ctx.db.select({ id: organizations.id }).from(organizations).where(own).for("no key update");
  const [existing] = await ctx.db
    .select({ total: count() })
    .from(alertChannels)
    .where(and(eq(alertChannels.organizationId, ctx.organization.id), isNull(alertChannels.deletedAt)));
  const max = limits.money.alertChannelsMax;
  if ((existing?.total ?? 0) >= max)
    throw new DomainError("limit_reached", `There may be at most ${max} alert channels. Delete one first.`);
}
