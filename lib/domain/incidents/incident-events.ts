import { count, eq } from "drizzle-orm";
import { incidentEvents } from "#drizzle/schema/index.ts";
import type { IncidentEvent } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Actor, actorKey, type System } from "../access/index.ts";
import type { IncidentRow } from "./incident-row.ts";

export type EventRow = typeof incidentEvents.$inferSelect;

/** What happened, before it is written. */
export interface EventToTell {
  readonly kind: string;
  readonly text: string;
  readonly stage?: string | null;
  /** In the dashboard, below `/{org}`. */
  readonly path?: string | null;
  /** What it tells about: told once for each kind. */
  readonly subjectId?: string;
  /** When it happened, where that was not now. */
  readonly at?: Date;
  /** Who did it, as in the audit log, where that is not the one who tells. */
  readonly by?: string;
}

type Teller = Pick<System, "clock" | "ids" | "log"> & { readonly db: Db; readonly actor: Actor };

/**
 * Writes what happened. Answers null, and writes nothing, when its subject was told before or the incident has
 * `limits.incidents.eventsPerIncidentMax` events.
 */
export async function tellEvent(
  { db, clock, ids, log, actor }: Teller,
  { organizationId, id: incidentId }: Pick<IncidentRow, "organizationId" | "id">,
  { kind, text, stage = null, path = null, subjectId, at, by }: EventToTell,
): Promise<EventRow | null> {
  const [told] = await db
    .select({ events: count() })
    .from(incidentEvents)
    .where(eq(incidentEvents.incidentId, incidentId));
  if ((told?.events ?? 0) >= limits.incidents.eventsPerIncidentMax) {
    log.warn({ incidentId, kind }, "an incident has as many events as are kept; this one is left out");
    return null;
  }
  const [row] = await db
    .insert(incidentEvents)
    .values({
      organizationId,
      id: ids.id("iev"),
      incidentId,
      kind,
      at: at ?? new Date(clock.nowMs()),
      actor: by ?? actorKey(actor),
      text: text.slice(0, limits.incidents.noteCharactersMax),
      stage,
      path,
      subjectId: subjectId ?? null,
    })
    .onConflictDoNothing()
    .returning();
  return row ?? null;
}

/** The wire form. `names` is of actor keys. */
export const toEvent = (row: EventRow, names: ReadonlyMap<string, string>): IncidentEvent => ({
  id: row.id,
  kind: row.kind,
  at: row.at.toISOString(),
  actor: row.actor === null ? null : (names.get(row.actor) ?? null),
  text: row.text,
  stage: row.stage,
  path: row.path,
});
