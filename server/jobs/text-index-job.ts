import { indexClosedDays, insertedFacts } from "#lib/db/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Job } from "./run-jobs.ts";

/** Hours of the day in UTC; `to` is exclusive and may lie on the next day. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

const isWithin = ({ from, to }: QuietHours, hour: number): boolean =>
  from <= to ? hour >= from && hour < to : hour >= from || hour < to;

/**
 * Gives closed days their text index, one after the other, in the quiet hours or whenever few rows are stored: making
 * one reads a whole day. Without it a search reads more and answers the same.
 */
export function textIndexJob(
  system: Pick<System, "database" | "clock" | "log">,
  quietHours: QuietHours,
): Job {
  let saidThatNone = false;
  let seen: { rows: number; atMs: number } | null = null;
  /** Over the time since the last run; unknown, and so not quiet, in the first one. */
  const isQuiet = async (): Promise<boolean> => {
    const now = { rows: await insertedFacts(system.database.sql), atMs: system.clock.monotonicMs() };
    const before = seen;
    seen = now;
    if (before === null || now.atMs <= before.atMs) return false;
    const perSecond = (now.rows - before.rows) / ((now.atMs - before.atMs) / 1_000);
    return perSecond < limits.storage.quietRowsPerSecondMax;
  };
  const isQuietHour = () => isWithin(quietHours, new Date(system.clock.nowMs()).getUTCHours());
  return {
    name: "text-indexes",
    everyMs: limits.jobs.textIndexesEveryMs,
    async run(signal) {
      const made: string[] = [];
      const wasQuiet = await isQuiet();
      while (!signal.aborted && (isQuietHour() || (made.length === 0 ? wasQuiet : await isQuiet()))) {
        const day = await indexClosedDays(system.database.sql, system.clock.nowMs());
        if (day.made !== null) {
          made.push(day.made);
          continue;
        }
        if (day.reason === "no_extension" && !saidThatNone) {
          saidThatNone = true;
          system.log.warn(
            {},
            "the database has no pg_trgm and btree_gin, and this user may not create them: searches for text go without an index",
          );
        }
        break;
      }
      return made.length > 0 ? { made } : undefined;
    },
  };
}
