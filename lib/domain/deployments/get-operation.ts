import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { operations } from "#drizzle/schema/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { query } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { describeOperation } from "./operation-row.ts";

/** One operation of a server. Throws `not_found`. */
export const getOperation = query({
  name: "operation.get",
  scope: "servers:read",
  input: ServerRef.extend({ operation: z.string().min(1).max(64) }),
  run: async (ctx, { server, operation }) => {
    const { db } = ctx.database;
    const { id } = await getServerRow(db, ctx.organization.id, server);
    const [row] = await db
      .select()
      .from(operations)
      .where(
        and(
          eq(operations.organizationId, ctx.organization.id),
          eq(operations.serverId, id),
          eq(operations.id, operation),
        ),
      );
    if (!row) throw notFound("operation");
    return describeOperation(db, row);
  },
});
