import { eq } from "drizzle-orm";
import { apiTokens, users } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import type { Actor, Ctx, System } from "../access/index.ts";
import { findOrganization } from "../organizations/index.ts";
import type { OperationRow } from "./operation-row.ts";

/**
 * The context in which a worker does what somebody asked for: as that actor, in their organization, for their request.
 * They were authorized when they asked, so what an operation needs is granted here and nothing else.
 */
export async function operationCtx(system: System, row: OperationRow): Promise<Ctx> {
  const organization = await findOrganization(system, row.organizationId);
  if (organization === null) throw notFound("organization");
  const { database, clock, ids, log, doors } = system;
  return {
    database,
    clock,
    ids,
    log,
    doors,
    actor: await actorOf(database.db, row.actor),
    organization,
    role: null,
    scopes: new Set(["deployments:write"]),
    requestId: row.requestId ?? ids.id("req"),
  };
}

/** The actor behind a stored key. One whose row is gone keeps its id: the audit log still names it. */
async function actorOf(db: Db, key: string): Promise<Actor> {
  const [kind, id] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
  if (kind === "user") {
    const [user] = await db
      .select({ name: users.name, email: users.email })
      .from(users)
      .where(eq(users.id, id));
    return { kind, userId: id, name: user?.name ?? "", email: user?.email ?? "" };
  }
  if (kind === "apiToken") {
    const [token] = await db
      .select({ name: apiTokens.name, createdBy: apiTokens.createdBy })
      .from(apiTokens)
      .where(eq(apiTokens.id, id));
    return { kind, tokenId: id, name: token?.name ?? "", createdBy: token?.createdBy ?? null };
  }
  return { kind: "system", name: id };
}
