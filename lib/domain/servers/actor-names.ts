import { inArray } from "drizzle-orm";
import { apiTokens, users } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import type { Actor } from "../access/index.ts";

/** The user behind an actor, for `created_by` columns; null when no person is. */
export function userIdOf(actor: Actor): string | null {
  if (actor.kind === "user") return actor.userId;
  return actor.kind === "apiToken" ? actor.createdBy : null;
}

/**
 * What people call each actor key (`user:usr_…`, `apiToken:key_…`, `system:jobs`). A key whose row is gone is left
 * out.
 */
export async function actorNames(db: Db, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const unique = [...new Set(keys)];
  const idsOf = (prefix: string) =>
    unique.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  const names = new Map(
    unique.filter((key) => key.startsWith("system:")).map((key) => [key, key.slice("system:".length)]),
  );
  const userIds = idsOf("user:");
  if (userIds.length > 0) {
    for (const row of await db
      .select({ id: users.id, name: users.name })
      .from(users)
      .where(inArray(users.id, userIds)))
      names.set(`user:${row.id}`, row.name);
  }
  const tokenIds = idsOf("apiToken:");
  if (tokenIds.length > 0) {
    for (const row of await db
      .select({ id: apiTokens.id, name: apiTokens.name })
      .from(apiTokens)
      .where(inArray(apiTokens.id, tokenIds)))
      names.set(`apiToken:${row.id}`, row.name);
  }
  return names;
}

/** The names of the users with these ids; ids without a user are left out. */
export async function userNames(
  db: Db,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const names = await actorNames(
    db,
    ids.flatMap((id) => (id === null ? [] : [`user:${id}`])),
  );
  return new Map([...names].map(([key, name]) => [key.slice("user:".length), name]));
}
