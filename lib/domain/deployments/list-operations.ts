import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { describeOperations, newestOperations } from "./operation-row.ts";

/** The operations of a server, newest first, at most `limits.operations.listedMax`. */
export const listOperations = query({
  name: "operation.list",
  scope: "servers:read",
  input: ServerRef,
  run: async (ctx, { server }) => {
    const { db } = ctx.database;
    const row = await getServerRow(db, ctx.organization.id, server);
    return describeOperations(db, await newestOperations(db, row, limits.operations.listedMax));
  },
});
