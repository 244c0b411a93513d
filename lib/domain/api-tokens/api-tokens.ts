import { and, count, desc, eq, gt, isNull, or } from "drizzle-orm";
import { z } from "zod";
import { apiTokens } from "#drizzle/schema/index.ts";
import { type ApiToken, CreateApiToken, type CreatedApiToken, Scope } from "#lib/contract/index.ts";
import { hashSecret } from "#lib/crypto/index.ts";
import { type Actor, type CommandCtx, changingAccess, command, query } from "#lib/domain/access/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { SECRET_PREFIX } from "./find-token.ts";

type Row = typeof apiTokens.$inferSelect;
/** Characters of the secret that stay readable, to recognise a token by. */
const SHOWN_CHARACTERS = SECRET_PREFIX.length + 4;

/** Scopes are stored as text; one that this version no longer knows grants nothing. */
const present = (row: Row): ApiToken => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes.flatMap((scope) => Scope.safeParse(scope).data ?? []),
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  expiresAt: row.expiresAt?.toISOString() ?? null,
});

/** The tokens that are not revoked, newest first; expired ones too, so that they can be found and cleared away. */
export const listApiTokens = query({
  name: "token.list",
  scope: "tokens:read",
  input: z.object({}),
  run: async (ctx) => {
    const rows = await ctx.database.db
      .select()
      .from(apiTokens)
      .where(and(eq(apiTokens.organizationId, ctx.organization.id), isNull(apiTokens.revokedAt)))
      .orderBy(desc(apiTokens.id))
      .limit(2 * limits.auth.apiTokensPerOrganizationMax);
    return rows.map(present);
  },
});

/**
 * Makes an API token and answers its secret, this once. A token can do at most what its maker can, now and later:
 * it loses what its maker loses.
 */
export const createApiToken = command({
  name: "token.create",
  scope: "tokens:write",
  input: CreateApiToken,
  run: async (ctx, { name, scopes, expiresAt }): Promise<{ value: CreatedApiToken; audit: TokenAudit }> => {
    requireOwnScopes(ctx, scopes);
    requireFuture(ctx, expiresAt);
    await requireRoom(ctx);
    const secret = SECRET_PREFIX + ctx.ids.secret(limits.auth.apiTokenSecretBytes);
    const row = {
      id: ctx.ids.id("key"),
      organizationId: ctx.organization.id,
      createdBy: makerOf(ctx.actor),
      name,
      prefix: secret.slice(0, SHOWN_CHARACTERS),
      hash: hashSecret(secret),
      scopes: [...new Set(scopes)],
      createdAt: new Date(ctx.clock.nowMs()),
      lastUsedAt: null,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      revokedAt: null,
    } satisfies Row;
    await ctx.db.insert(apiTokens).values(row);
    return {
      value: { ...present(row), secret },
      audit: { entity: "apiToken", entityId: row.id, after: { name, scopes: row.scopes, expiresAt } },
    };
  },
});
interface TokenAudit {
  entity: string;
  entityId: string;
  after: object;
}

/** Revokes a token: its next request is refused. */
export const revokeApiToken = changingAccess(
  command({
    name: "token.revoke",
    scope: "tokens:write",
    input: z.object({ tokenId: z.string() }),
    run: async (ctx, { tokenId }) => {
      const [row] = await ctx.db
        .update(apiTokens)
        .set({ revokedAt: new Date(ctx.clock.nowMs()) })
        .where(
          and(
            eq(apiTokens.organizationId, ctx.organization.id),
            eq(apiTokens.id, tokenId),
            isNull(apiTokens.revokedAt),
          ),
        )
        .returning();
      if (row === undefined) throw notFound("API token");
      return {
        value: undefined,
        audit: { entity: "apiToken", entityId: tokenId, before: { name: row.name } },
      };
    },
  }),
);

function requireOwnScopes(ctx: CommandCtx, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !ctx.scopes.has(scope));
  if (missing.length === 0) return;
  throw new DomainError("forbidden", `You cannot give away what you do not have: ${missing.join(", ")}.`, {
    details: { missingScopes: missing },
  });
}

function requireFuture(ctx: CommandCtx, expiresAt: string | null): void {
  if (expiresAt === null || Date.parse(expiresAt) > ctx.clock.nowMs()) return;
  throw new DomainError("invalid_input", "The token would be expired already.", {
    errors: [{ path: "expiresAt", code: "in_the_past", message: "Choose a time in the future." }],
  });
}

async function requireRoom(ctx: CommandCtx): Promise<void> {
  const max = limits.auth.apiTokensPerOrganizationMax;
  const [live] = await ctx.db
    .select({ count: count() })
    .from(apiTokens)
    .where(
      and(
        eq(apiTokens.organizationId, ctx.organization.id),
        isNull(apiTokens.revokedAt),
        or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, new Date(ctx.clock.nowMs()))),
      ),
    );
  if ((live?.count ?? 0) < max) return;
  throw new DomainError("limit_reached", `An organization has at most ${max} live API tokens. Revoke some.`);
}

/** Who answers for a token: the person, or the person behind the token that made it. */
function makerOf(actor: Actor): string | null {
  switch (actor.kind) {
    case "user":
      return actor.userId;
    case "apiToken":
      return actor.createdBy;
    case "system":
      return null;
  }
}
