import { query } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { describeVersions } from "./version-row.ts";

/** All versions of a server, newest upload first. */
export const listVersions = query({
  name: "version.list",
  scope: "servers:read",
  input: ServerRef,
  run: async (ctx, { server }) => {
    const { db } = ctx.database;
    return describeVersions({ ...ctx, db }, await getServerRow(db, ctx.organization.id, server));
  },
});
