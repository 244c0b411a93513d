import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { alertChannels } from "#drizzle/schema/index.ts";
import type { AlertChannel } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";

export type ChannelRow = typeof alertChannels.$inferSelect;
export const ChannelRef = z.object({ channel: z.string().min(1).max(64) });

/** The channel inside the organization. Throws the `not_found` that a stranger's and a deleted one share. */
export async function getChannelRow(db: Db, organizationId: string, id: string): Promise<ChannelRow> {
  const [row] = await db
    .select()
    .from(alertChannels)
    .where(
      and(
        eq(alertChannels.organizationId, organizationId),
        eq(alertChannels.id, id),
        isNull(alertChannels.deletedAt),
      ),
    )
    .for("update");
  if (!row) throw notFound("alert channel");
  return row;
}

/** The channel as the API shows it: never its secret. */
export const toChannel = (
  row: ChannelRow,
  lastDelivery: AlertChannel["lastDelivery"] = null,
): AlertChannel => ({
  id: row.id,
  kind: row.kind === "email" ? "email" : "webhook",
  name: row.name,
  target: row.target,
  isOn: row.isOn,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  lastDelivery,
});

/** What binds a sealed secret to its channel. */
export const secretContext = (row: Pick<ChannelRow, "organizationId" | "id">): string =>
  `${row.organizationId}/${row.id}/alert-channel`;
