import { query } from "../access/index.ts";
import { describeServer } from "./describe-servers.ts";
import { getServerRow, ServerRef } from "./server-row.ts";

/** One server by id or slug. Throws `not_found`. */
export const getServer = query({
  name: "server.get",
  scope: "servers:read",
  input: ServerRef,
  run: async (ctx, { server }) => {
    const db = ctx.database.db;
    return describeServer({ ...ctx, db }, await getServerRow(db, ctx.organization.id, server));
  },
});
