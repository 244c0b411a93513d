import type { Fragment, Sql } from "postgres";
import type { RequestFilter, StoredLog } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { type ConsoleConditions, consoleConditions } from "./console-conditions.ts";
import { levelNumber } from "./fact-levels.ts";
import type { LoggedServer } from "./logged-server.ts";
import {
  isCountedByRollups,
  type RequestConditions,
  requestUuid,
  rowConditions,
  seekConditions,
  sharedConditions,
  troubleCondition,
} from "./request-conditions.ts";
import { containing } from "./text-search.ts";
import { upstreamConditions } from "./upstream-conditions.ts";
import { visibleSinceMs, visibleWindow, type Window } from "./visible-window.ts";

/** The table of each log. */
const TABLES = { requests: "request_log", console: "console_log", upstream: "upstream_calls" } as const;

/**
 * The rows of one log of one server that a caller asked for, as pages, histograms and exports look at them. Conditions
 * begin with `and` and name columns without their table.
 */
export interface LogView {
  readonly log: StoredLog;
  readonly table: (typeof TABLES)[StoredLog];
  readonly organizationId: string;
  readonly serverId: string;
  readonly window: Window;
  /** Numbers of the levels that are asked for; undefined: all. */
  readonly levels: readonly number[] | undefined;
  /** Everything that is asked for but the time. */
  readonly matches: Fragment;
  /** Of it, what an index leads to at once: how many rows it leaves is how many are looked at. */
  readonly seek: Fragment;
  /** `levels`: the counts of the log know all that is asked for. `hours`: the hourly counts of requests do. */
  readonly countedBy: "levels" | "hours" | null;
  /** What is asked for, on the hourly counts of requests; only where they know it. */
  readonly hourly: { readonly matches: Fragment; readonly namesTool: boolean } | null;
  readonly hasText: boolean;
}

/** Everything a log can be filtered by; what only console lines know may be among it. */
export type LogConditions = RequestConditions & Pick<ConsoleConditions, "epoch" | "seqFrom" | "seqTo">;

const SIZES = [
  "durationMin",
  "durationMax",
  "requestBytesMin",
  "requestBytesMax",
  "responseBytesMin",
  "responseBytesMax",
] as const;
const KNOWN: Record<StoredLog, ReadonlySet<string>> = {
  requests: new Set<keyof LogConditions>([
    ...(["level", "outcome", "source", "tool", "method", "client", "agent", "gateway", "region"] as const),
    ...(["version", "requestId", "session", "q"] as const),
    ...SIZES,
  ]),
  console: new Set<keyof LogConditions>([
    ...(["level", "requestId", "session", "version", "q", "epoch", "seqFrom", "seqTo"] as const),
  ]),
  upstream: new Set<keyof LogConditions>(["level", "method", "requestId", "version", "q", ...SIZES]),
};
const ALL = new Set(Object.values(KNOWN).flatMap((names) => [...names]));

/** When rows are looked at; `asOfMs` is never later than `nowMs`. */
export interface Moment {
  readonly nowMs: number;
  readonly asOfMs: number;
}

/** Now, or the earlier moment that pages are pinned to. */
export const momentOf = (nowMs: number, asOf: string | undefined): Moment => ({
  nowMs,
  asOfMs: asOf === undefined ? nowMs : Math.min(Date.parse(asOf), nowMs),
});

/** What `filter` asks for. Throws `invalid_input` for a filter that the log does not know, and for what is no request id. */
export function logView(
  sql: Sql,
  log: StoredLog,
  server: LoggedServer,
  filter: LogConditions & Pick<RequestFilter, "from" | "to">,
  { nowMs, asOfMs }: Moment,
): LogView {
  const conditions = conditionsIn(log, filter);
  const window = visibleWindow(filter, {
    asOfMs,
    visibleSinceMs: visibleSinceMs(server.retentionDays, nowMs),
  });
  const isRequests = log === "requests";
  const onlyLevels = Object.entries(conditions).every(
    ([name, value]) => value === undefined || name === "level",
  );
  const byHours = isRequests && isCountedByRollups(conditions);
  return {
    log,
    table: TABLES[log],
    organizationId: server.organizationId,
    serverId: server.id,
    window,
    levels: conditions.level?.map(levelNumber),
    matches: matchesOf(sql, log, server, conditions, window),
    seek: isRequests ? seekConditions(sql, conditions) : seekOf(sql, conditions),
    countedBy: onlyLevels ? "levels" : byHours ? "hours" : null,
    hourly: byHours
      ? { matches: sharedConditions(sql, conditions), namesTool: conditions.tool !== undefined }
      : null,
    hasText: conditions.q !== undefined,
  };
}

/** The conditions in `filter`, without empty ones. */
function conditionsIn(log: StoredLog, filter: object): LogConditions {
  const asked = Object.entries(filter).filter(
    ([name, value]) => ALL.has(name as keyof LogConditions) && value !== undefined && value !== "",
  );
  const unknown = asked.find(([name]) => !KNOWN[log].has(name));
  if (unknown) {
    const message = `The ${log} log cannot be filtered by ${unknown[0]}.`;
    throw new DomainError("invalid_input", message, {
      errors: [{ path: unknown[0], code: "unknown_filter", message }],
    });
  }
  return Object.fromEntries(asked) as unknown as LogConditions;
}

function matchesOf(
  sql: Sql,
  log: StoredLog,
  { organizationId, id: serverId }: LoggedServer,
  conditions: LogConditions,
  window: Window,
): Fragment {
  switch (log) {
    case "requests":
      return rowConditions(sql, organizationId, conditions);
    case "console":
      return sql`${consoleConditions(sql, { organizationId, serverId, window }, conditions)}
        ${containing(sql, ["message"], conditions.q)}`;
    case "upstream":
      return upstreamConditions(sql, organizationId, conditions);
  }
}

const seekOf = (sql: Sql, { level, requestId }: LogConditions): Fragment => sql`
  ${troubleCondition(sql, level)}
  ${requestId === undefined ? sql`` : sql`and request_id = ${requestUuid(requestId)}`}`;
