import { and, eq, isNull } from "drizzle-orm";
import { accessKeys } from "#drizzle/schema/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import type { CommandCtx } from "../access/index.ts";
import { heldBy, type KeyHolder } from "./access-key-row.ts";

/** Revokes one live key of `holder`, with its audit record. Throws `not_found`, also for a key that was revoked before. */
export async function revokeHeldKey(ctx: CommandCtx, holder: KeyHolder, keyId: string) {
  const [row] = await ctx.db
    .update(accessKeys)
    .set({ revokedAt: new Date(ctx.clock.nowMs()) })
    .where(and(heldBy(holder), eq(accessKeys.id, keyId), isNull(accessKeys.revokedAt)))
    .returning();
  if (!row) throw notFound("key");
  return {
    value: { id: row.id },
    audit: { entity: "accessKey", entityId: row.id, before: { name: row.name } },
  };
}
