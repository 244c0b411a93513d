import type { Fragment, Sql } from "postgres";
import type { ConsoleFilter } from "#lib/contract/index.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { levelNumber } from "./fact-levels.ts";
import { requestUuid } from "./request-conditions.ts";
import type { Window } from "./visible-window.ts";

/** Whose lines, and of which time: what the parts of a condition that look into other tables need to know. */
export interface ConsoleScope {
  readonly organizationId: string;
  readonly serverId: string;
  readonly window: Window;
}

export type ConsoleConditions = Pick<
  ConsoleFilter,
  "level" | "requestId" | "session" | "version" | "epoch" | "seqFrom" | "seqTo"
>;

/** Everything that console lines can be filtered by but their text and time, for `console_log`. Throws `invalid_input`. */
export function consoleConditions(sql: Sql, scope: ConsoleScope, conditions: ConsoleConditions): Fragment {
  const { organizationId, serverId } = scope;
  const { requestId, session, version, epoch, seqFrom, seqTo } = conditions;
  const levels = conditions.level?.map(levelNumber);
  // A session's first call may have begun before the window in which it wrote.
  const callsFrom = uuid7Floor(scope.window.fromMs - limits.mcp.toolCallDurationMsMax);
  return sql`
    ${levels === undefined ? sql`` : sql`and level in ${sql(levels)}`}
    ${levels?.every((level) => level >= 2) ? sql`and level >= 2` : sql``}
    ${requestId === undefined ? sql`` : sql`and request_id = ${requestUuid(requestId)}`}
    ${
      session === undefined
        ? sql``
        : sql`and request_id in (
            select request_id from request_log
            where organization_id = ${organizationId} and server_id = ${serverId}
              and session_hash = ${session} and id >= ${callsFrom} and id < ${uuid7Floor(scope.window.toMs)}
          )`
    }
    ${
      version === undefined
        ? sql``
        : sql`and version_id in (
            select id from server_versions
            where organization_id = ${organizationId} and server_id = ${serverId} and semver = ${version}
          )`
    }
    ${epoch === undefined ? sql`` : sql`and epoch = ${epoch}`}
    ${seqFrom === undefined ? sql`` : sql`and seq >= ${seqFrom}`}
    ${seqTo === undefined ? sql`` : sql`and seq <= ${seqTo}`}`;
}
