import { and, eq, isNull, lt, or } from "drizzle-orm";
import { apiTokens, memberships, users } from "#drizzle/schema/index.ts";
import { Role, Scope } from "#lib/contract/index.ts";
import { hashSecret } from "#lib/crypto/index.ts";
import { type System, scopesOfRole } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";

/** What every API token begins with; secret scanners look for it. */
export const SECRET_PREFIX = "mcpstack_sk_";
const SECRET = /^mcpstack_sk_[A-Za-z0-9_-]{43}$/;

export interface LiveToken {
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly createdBy: string | null;
  /** What the token was given, cut to what its maker may do now. */
  readonly scopes: ReadonlySet<Scope>;
  /** Epoch milliseconds; null never. */
  readonly expiresAtMs: number | null;
}

/** The live token of a secret, or null when there is none, it is revoked or it has expired. Notes that it was used. */
export async function findTokenBySecret(
  system: Pick<System, "database" | "clock">,
  secret: string,
): Promise<LiveToken | null> {
  if (!SECRET.test(secret)) return null;
  const nowMs = system.clock.nowMs();
  const [found] = await system.database.db
    .select({ token: apiTokens, role: memberships.role, makerDisabledAt: users.disabledAt })
    .from(apiTokens)
    .leftJoin(users, eq(users.id, apiTokens.createdBy))
    .leftJoin(
      memberships,
      and(
        eq(memberships.userId, apiTokens.createdBy),
        eq(memberships.organizationId, apiTokens.organizationId),
      ),
    )
    .where(and(eq(apiTokens.hash, hashSecret(secret)), isNull(apiTokens.revokedAt)))
    .limit(1);
  if (found === undefined) return null;
  const { token, role, makerDisabledAt } = found;
  if (token.expiresAt !== null && token.expiresAt.getTime() <= nowMs) return null;
  await noteUse(system, token.id, token.lastUsedAt, nowMs);
  return {
    id: token.id,
    name: token.name,
    organizationId: token.organizationId,
    createdBy: token.createdBy,
    scopes: effectiveScopes(token.scopes, token.createdBy, makerDisabledAt === null ? role : null),
    expiresAtMs: token.expiresAt?.getTime() ?? null,
  };
}

function effectiveScopes(
  granted: readonly string[],
  maker: string | null,
  role: string | null,
): ReadonlySet<Scope> {
  const scopes = granted.flatMap((scope) => Scope.safeParse(scope).data ?? []);
  if (maker === null) return new Set(scopes);
  if (role === null) return new Set();
  const allowed = scopesOfRole(Role.parse(role));
  return new Set(scopes.filter((scope) => allowed.has(scope)));
}

/** At most one write a minute for a token, however many processes see it. */
async function noteUse(
  { database }: Pick<System, "database">,
  tokenId: string,
  lastUsedAt: Date | null,
  nowMs: number,
): Promise<void> {
  const staleBefore = new Date(nowMs - limits.auth.apiTokenLastUsedMs);
  if (lastUsedAt !== null && lastUsedAt > staleBefore) return;
  await database.db
    .update(apiTokens)
    .set({ lastUsedAt: new Date(nowMs) })
    .where(
      and(eq(apiTokens.id, tokenId), or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, staleBefore))),
    );
}
