import { and, eq, gt, isNull, or, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { accessKeys } from "#drizzle/schema/index.ts";
import type { CreateAccessKey, CreatedAccessKey } from "#lib/contract/index.ts";
import { hashSecret } from "#lib/crypto/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { CommandCtx } from "../access/index.ts";
import { userIdOf } from "../servers/index.ts";
import { describeKeys, heldBy, KEY_PREFIX, type KeyHolder } from "./access-key-row.ts";

/** Characters of the secret that stay readable, to recognise a key by. */
const SHOWN_CHARACTERS = KEY_PREFIX.length + 4;

/** Makes a key of `holder`, of which there may be `keysMax` live ones, and its audit record. The secret is told once. */
export async function makeKey(
  ctx: CommandCtx,
  { holder, keysMax }: { holder: KeyHolder; keysMax: number },
  { name, expiresAt, use }: z.output<typeof CreateAccessKey>,
) {
  requireFuture(ctx, expiresAt);
  await requireRoom(ctx, holder, keysMax);
  const secret = KEY_PREFIX + ctx.ids.secret(limits.gateways.keySecretBytes);
  const [row] = await ctx.db
    .insert(accessKeys)
    .values({
      ...holder,
      id: ctx.ids.id("key"),
      use,
      name,
      prefix: secret.slice(0, SHOWN_CHARACTERS),
      hash: hashSecret(secret),
      createdBy: userIdOf(ctx.actor),
      createdAt: new Date(ctx.clock.nowMs()),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    })
    .returning();
  const [key] = row ? await describeKeys(ctx.db, [row]) : [];
  if (!key) throw new Error("inserting a key answered no row");
  const value: CreatedAccessKey = { ...key, secret };
  const { organizationId: _own, ...opens } = holder;
  return {
    value,
    audit: { entity: "accessKey", entityId: key.id, after: { ...opens, use, name, expiresAt } },
  };
}

function requireFuture(ctx: CommandCtx, expiresAt: string | null): void {
  if (expiresAt === null || Date.parse(expiresAt) > ctx.clock.nowMs()) return;
  throw new DomainError("invalid_input", "The key would be expired already.", {
    errors: [{ path: "expiresAt", code: "in_the_past", message: "Choose a time in the future." }],
  });
}

async function requireRoom(ctx: CommandCtx, holder: KeyHolder, keysMax: number): Promise<void> {
  const isLive = and(
    isNull(accessKeys.revokedAt),
    or(isNull(accessKeys.expiresAt), gt(accessKeys.expiresAt, new Date(ctx.clock.nowMs()))),
  );
  const count = async (whose: SQL | undefined): Promise<number> =>
    ctx.db.$count(accessKeys, and(whose, isLive));
  if ((await count(heldBy(holder))) >= keysMax)
    throw new DomainError("limit_reached", `There may be at most ${keysMax} live keys here. Revoke some.`);
  const { keysPerOrganizationMax } = limits.gateways;
  if ((await count(eq(accessKeys.organizationId, holder.organizationId))) >= keysPerOrganizationMax)
    throw new DomainError(
      "limit_reached",
      `An organization has at most ${keysPerOrganizationMax} live keys. Revoke some.`,
    );
}
