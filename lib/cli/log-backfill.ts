import type { ConsoleLine, ConsoleLogPage, LogEntry } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ApiClient } from "./api-client.ts";
import { withQuery } from "./log-filters.ts";

/** How many stored lines a stream begins with at most. */
export const BACKFILL_LINES_MAX = limits.logStream.ringEntriesMax;
const PAGE_SIZE = limits.http.pageSizeMax;

/** Where a stream goes on after history: everything up to `seq` of `epoch` is accounted for. */
export interface JoinPosition {
  epoch: string;
  seq: number;
}

export interface Backfill {
  /** Oldest first. */
  lines: readonly ConsoleLine[];
  /** True when older lines of that time were left out. */
  isCut: boolean;
  /** Null when nothing is stored that a stream could go on from. */
  join: JoinPosition | null;
}

/** What a stream shows, as the API filters history by it. */
export interface BackfillFilter {
  levels: readonly LogEntry["level"][] | undefined;
  text: string | undefined;
  requestId: string | undefined;
}

/**
 * The stored lines of a server since a moment, and where its stream goes on without showing one twice. The newest line
 * of all, whatever the filter, is where: what is newer is still in the stream's ring.
 */
export async function readBackfill(
  api: ApiClient,
  serverPath: string,
  since: string,
  filter: BackfillFilter,
): Promise<Backfill> {
  const path = `${serverPath}/logs/console`;
  const newest = await api.get<ConsoleLogPage>(
    withQuery(path, new URLSearchParams({ from: since, pageSize: "1" })),
  );
  const [last] = newest.data;
  if (last === undefined) return { lines: [], isCut: false, join: null };
  const query = new URLSearchParams({ from: since, asOf: newest.asOf, pageSize: String(PAGE_SIZE) });
  if (filter.levels) query.set("level", filter.levels.join(","));
  if (filter.text) query.set("q", filter.text);
  if (filter.requestId) query.set("requestId", filter.requestId);
  const lines: ConsoleLine[] = [];
  let cursor: string | null = "";
  while (cursor !== null && lines.length < BACKFILL_LINES_MAX) {
    if (cursor !== "") query.set("cursor", cursor);
    const page: ConsoleLogPage = await api.get<ConsoleLogPage>(withQuery(path, query));
    // A line with an older time of its own may have a newer number: the stream brings it.
    lines.push(...page.data.filter(({ epoch, seq }) => epoch !== last.epoch || seq <= last.seq));
    cursor = page.nextCursor === cursor ? null : page.nextCursor;
  }
  const kept = lines.slice(0, BACKFILL_LINES_MAX);
  return {
    lines: kept.reverse(),
    isCut: cursor !== null || lines.length > BACKFILL_LINES_MAX,
    join: { epoch: last.epoch, seq: last.seq },
  };
}
