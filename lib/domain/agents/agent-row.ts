import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { agents, organizations } from "#drizzle/schema/index.ts";
import { PauseReason } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";

export type AgentRow = typeof agents.$inferSelect;

/** How a caller names an agent: its id or its name, in any case. */
export const AgentRef = z.object({ agent: z.string().min(1).max(100) });

/**
 * The agent that `ref` (id or name) names inside the organization. Throws the `not_found` that a stranger's and a deleted
 * agent share with a missing one. `lock` holds the row until the transaction ends.
 */
export async function getAgentRow(
  db: Db,
  organizationId: string,
  ref: string,
  options: { lock?: boolean } = {},
): Promise<AgentRow> {
  const named = isId("agt", ref) ? eq(agents.id, ref) : eq(sql`lower(${agents.name})`, sql`lower(${ref})`);
  const select = db
    .select()
    .from(agents)
    .where(and(eq(agents.organizationId, organizationId), named, isNull(agents.deletedAt)))
    .limit(1);
  const [row] = options.lock ? await select.for("update") : await select;
  if (!row) throw notFound("agent");
  return row;
}

/** Why the agent stands still; null while it runs. A reason that this version does not know stops it as well. */
export function pauseReasonOf({ pauseReason }: Pick<AgentRow, "pauseReason">): PauseReason | null {
  if (pauseReason === null) return null;
  const known = PauseReason.safeParse(pauseReason);
  return known.success ? known.data : "by_hand";
}

/** Lets the writers of an organization's agents take turns, so that names and counts hold when they commit. */
export async function lockAgentsOf(db: Db, organizationId: string): Promise<void> {
  await db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.id, organizationId))
    .for("no key update");
}

/**
 * Throws `conflict` when another agent of the organization has the name, in any case, and `invalid_input` when it reads like
 * an id. Call it under the lock.
 */
export async function assertNameIsFree(
  db: Db,
  { organizationId, name, exceptId }: { organizationId: string; name: string; exceptId: string | null },
): Promise<void> {
  if (isId("agt", name)) {
    const message = "This looks like an agent's id. Choose a name.";
    throw new DomainError("invalid_input", message, {
      errors: [{ path: "name", code: "looks_like_id", message }],
    });
  }
  const [taken] = await db
    .select({ id: agents.id })
    .from(agents)
    .where(
      and(
        eq(agents.organizationId, organizationId),
        eq(sql`lower(${agents.name})`, sql`lower(${name})`),
        isNull(agents.deletedAt),
      ),
    );
  if (!taken || taken.id === exceptId) return;
  const message = `There is already an agent named "${name}". Choose another name.`;
  throw new DomainError("conflict", message, { errors: [{ path: "name", code: "taken", message }] });
}
