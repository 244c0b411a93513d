import type { Attachment } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { attachmentsOf } from "./attachments.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";

/** The servers behind a gateway with their public URLs, by name. */
export const listAttachments = query({
  name: "gateway.servers",
  scope: "gateways:read",
  input: GatewayRef,
  run: async (ctx, { gateway }): Promise<Attachment[]> => {
    const { db } = ctx.database;
    const row = await getGatewayRow(db, ctx.organization.id, gateway);
    return attachmentsOf({ ...ctx, db }, row.id);
  },
});
