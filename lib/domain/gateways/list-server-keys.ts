import { query } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { keysOf } from "./access-key-row.ts";

/** The keys of a server's direct URL, newest first, those revoked lately included; never their secrets. */
export const listServerKeys = query({
  name: "server.keys",
  scope: "gateways:read",
  input: ServerRef,
  run: async (ctx, { server }) => {
    const { db } = ctx.database;
    const row = await getServerRow(db, ctx.organization.id, server);
    return keysOf(db, { organizationId: row.organizationId, serverId: row.id }, ctx.clock.nowMs());
  },
});
