import { and, eq } from "drizzle-orm";
import { agents } from "#drizzle/schema/index.ts";
import type { PauseReason } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import type { AgentRow } from "./agent-row.ts";

/** What stops an agent, for the audit log as well; null lets it go on. */
interface Pause {
  readonly reason: PauseReason;
  readonly note: string | null;
}

/** Stops an agent or lets it go on. Who was stopped already keeps the time since when. */
export async function setPause(db: Db, before: AgentRow, pause: Pause | null, now: Date): Promise<AgentRow> {
  const [after] = await db
    .update(agents)
    .set({
      pauseReason: pause?.reason ?? null,
      pauseNote: pause?.note ?? null,
      pausedAt: pause === null ? null : (before.pausedAt ?? now),
      updatedAt: now,
    })
    .where(and(eq(agents.organizationId, before.organizationId), eq(agents.id, before.id)))
    .returning();
  if (!after) throw new Error("the row of a locked agent is gone");
  return after;
}

/** For the audit log. */
export const pauseOf = ({ pauseReason, pauseNote }: AgentRow) =>
  pauseReason === null ? null : { reason: pauseReason, note: pauseNote };
