import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { accessKeys } from "#drizzle/schema/index.ts";
import { RotateKey } from "#lib/contract/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { announced, type CommandCtx, command } from "../access/index.ts";
import { makeKey } from "../gateways/index.ts";
import { AgentRef, type AgentRow, getAgentRow } from "./agent-row.ts";

type KeyRow = typeof accessKeys.$inferSelect;

/**
 * Makes a key in place of an old one, with its name and for as long as that one was made for, and answers its secret, this
 * once. The old key works for `overlapHours` more, never longer than before; with 0 it is revoked at once. Throws
 * `not_found` for a key that was revoked.
 */
export const rotateAgentKey = announced(
  command({
    name: "agent.rotateKey",
    scope: "agents:write",
    input: AgentRef.extend({ key: z.string().max(200), ...RotateKey.shape }),
    run: async (ctx, { agent, key, overlapHours }) => {
      const row = await getAgentRow(ctx.db, ctx.organization.id, agent, { lock: true });
      const old = await retire(ctx, row, key, overlapHours);
      const holder = { organizationId: row.organizationId, agentId: row.id };
      const made = await makeKey(
        ctx,
        { holder, keysMax: limits.agents.keysPerAgentMax },
        { name: old.before.name, expiresAt: expiryLike(old.before, ctx.clock.nowMs()), use: "external" },
      );
      return {
        value: made.value,
        audit: {
          ...made.audit,
          before: { keyId: old.before.id, expiresAt: old.before.expiresAt },
          after: { ...made.audit.after, replacedKeyExpiresAt: old.endsAt },
        },
      };
    },
  }),
  (key) => key.id,
);

/** The old key's row as it was, and when it stops to work. */
async function retire(
  ctx: CommandCtx,
  agent: AgentRow,
  keyId: string,
  overlapHours: number,
): Promise<{ before: KeyRow; endsAt: Date }> {
  const mine = and(
    eq(accessKeys.organizationId, agent.organizationId),
    eq(accessKeys.agentId, agent.id),
    eq(accessKeys.id, keyId),
    isNull(accessKeys.revokedAt),
  );
  const [before] = await ctx.db.select().from(accessKeys).where(mine).for("update");
  if (!before) throw notFound("key");
  const nowMs = ctx.clock.nowMs();
  const endsAt = new Date(
    Math.min(nowMs + overlapHours * 3_600_000, before.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY),
  );
  await ctx.db
    .update(accessKeys)
    .set(overlapHours === 0 ? { revokedAt: new Date(nowMs) } : { expiresAt: endsAt })
    .where(mine);
  return { before, endsAt };
}

/** Keys that were made to last for a while are followed by keys that last as long. */
function expiryLike({ createdAt, expiresAt }: KeyRow, nowMs: number): string | null {
  if (expiresAt === null) return null;
  return new Date(nowMs + Math.max(expiresAt.getTime() - createdAt.getTime(), 3_600_000)).toISOString();
}
