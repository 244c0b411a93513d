import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { incidents } from "#drizzle/schema/index.ts";
import { Symptom } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";

export type IncidentRow = typeof incidents.$inferSelect;

/** How a caller names an incident: its id or its number. */
export const IncidentRef = z.object({ incident: z.string().min(1).max(100) });

/** Numbers that a column can hold, as people write them. */
const NUMBER = /^[1-9][0-9]{0,8}$/;

/**
 * The incident that `ref` (id or number) names inside the organization. Throws the `not_found` that a stranger's shares with
 * a missing one. `lock` holds the row until the transaction ends.
 */
export async function getIncidentRow(
  db: Db,
  organizationId: string,
  ref: string,
  options: { lock?: boolean } = {},
): Promise<IncidentRow> {
  const isNumber = NUMBER.test(ref);
  if (!isNumber && !isId("inc", ref)) throw notFound("incident");
  const select = db
    .select()
    .from(incidents)
    .where(
      and(
        eq(incidents.organizationId, organizationId),
        isNumber ? eq(incidents.number, Number(ref)) : eq(incidents.id, ref),
      ),
    )
    .limit(1);
  const [row] = options.lock ? await select.for("update") : await select;
  if (!row) throw notFound("incident");
  return row;
}

/** Changes the row. `updatedAt` moves with it. */
export async function changeIncident(
  { db, clock }: { db: Db; clock: { nowMs(): number } },
  row: Pick<IncidentRow, "organizationId" | "id">,
  changes: Partial<typeof incidents.$inferInsert>,
): Promise<IncidentRow> {
  const [after] = await db
    .update(incidents)
    .set({ ...changes, updatedAt: new Date(clock.nowMs()) })
    .where(and(eq(incidents.organizationId, row.organizationId), eq(incidents.id, row.id)))
    .returning();
  if (!after) throw notFound("incident");
  return after;
}

export const isOver = ({ status }: Pick<IncidentRow, "status">): boolean =>
  status === "resolved" || status === "merged";

/** What people saw, as it was asked; null: they asked openly. */
export const symptomOf = ({ symptom }: Pick<IncidentRow, "symptom">): Symptom | null =>
  Symptom.safeParse(symptom).data ?? null;
