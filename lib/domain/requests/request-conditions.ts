import type { Fragment, Sql } from "postgres";
import type { RequestFilter } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { decodeId, isUuid } from "#lib/kernel/ids.ts";
import { levelNumber } from "./fact-levels.ts";
import { containing } from "./text-search.ts";

/** All that request rows can be filtered by but their time. */
export type RequestConditions = Omit<RequestFilter, "from" | "to" | "environment">;

/** The UUID of a request named by its wire id or its UUID. Throws `invalid_input`. */
export function requestUuid(requestId: string): string {
  const uuid = isUuid(requestId) ? requestId : decodeId("req", requestId);
  if (uuid === null) {
    const message = "This is not a request id. Request ids look like req_01k… and come in X-Request-Id.";
    throw new DomainError("invalid_input", message, {
      errors: [{ path: "requestId", code: "invalid_id", message }],
    });
  }
  return uuid;
}

/** What the hourly counts of requests know. */
const COUNTED_BY_ROLLUPS: ReadonlySet<string> = new Set<keyof RequestConditions>([
  "level",
  "outcome",
  "source",
  "tool",
]);

/** True when the hourly counts know every dimension that is filtered by, so that they can lead to any page. */
export const isCountedByRollups = (conditions: RequestConditions): boolean =>
  Object.entries(conditions).every(([name, value]) => value === undefined || COUNTED_BY_ROLLUPS.has(name));

/** The levels, and what leads to the index of trouble when only trouble is asked for. */
export const levelCondition = (sql: Sql, levels: RequestConditions["level"]): Fragment => sql`
  ${levels === undefined ? sql`` : sql`and level in ${sql(levels.map(levelNumber))}`}
  ${troubleCondition(sql, levels)}`;

/** What an index of trouble answers of a choice of levels. */
export const troubleCondition = (sql: Sql, levels: RequestConditions["level"]): Fragment =>
  levels?.every((level) => levelNumber(level) >= 2) ? sql`and level >= 2` : sql``;

/** Conditions on columns that rows and hourly counts share. */
export const sharedConditions = (sql: Sql, conditions: RequestConditions): Fragment => sql`
  ${levelCondition(sql, conditions.level)}
  ${conditions.outcome === undefined ? sql`` : sql`and outcome in ${sql(conditions.outcome)}`}
  ${conditions.source === undefined ? sql`` : sql`and source in ${sql(conditions.source)}`}
  ${conditions.tool === undefined ? sql`` : sql`and tool = ${conditions.tool}`}`;

/** What an index leads to at once, however many other rows there are. */
export const seekConditions = (sql: Sql, conditions: RequestConditions): Fragment => sql`
  ${troubleCondition(sql, conditions.level)}
  ${conditions.session === undefined ? sql`` : sql`and session_hash = ${conditions.session}`}
  ${conditions.requestId === undefined ? sql`` : sql`and request_id = ${requestUuid(conditions.requestId)}`}`;

/** All conditions, for the rows themselves. Throws `invalid_input` for what is no request id. */
export const rowConditions = (
  sql: Sql,
  organizationId: string,
  conditions: RequestConditions,
): Fragment => sql`
  ${sharedConditions(sql, conditions)}
  ${seekConditions(sql, conditions)}
  ${conditions.method === undefined ? sql`` : sql`and method = ${conditions.method}`}
  ${conditions.client === undefined ? sql`` : sql`and client_name = ${conditions.client}`}
  ${conditions.agent === undefined ? sql`` : sql`and agent_id = ${conditions.agent}`}
  ${conditions.endUser === undefined ? sql`` : sql`and end_user = ${conditions.endUser}`}
  ${conditions.gateway === undefined ? sql`` : sql`and gateway_id = ${conditions.gateway}`}
  ${conditions.region === undefined ? sql`` : sql`and region = ${conditions.region}`}
  ${conditions.version === undefined ? sql`` : versionCondition(sql, organizationId, conditions.version)}
  ${sizeConditions(sql, conditions)}
  ${containing(sql, ["error", "tool", "method", "client_name"], conditions.q)}`;

/** The rows of a hosted version, named by its semver. */
export const versionCondition = (sql: Sql, organizationId: string, semver: string): Fragment => sql`
  and version_id = any(array(
    select id from server_versions where organization_id = ${organizationId} and semver = ${semver}))`;

/** Ranges of duration and size, inclusive; requests and outbound calls have both. */
export const sizeConditions = (sql: Sql, conditions: RequestConditions): Fragment => sql`
  ${conditions.durationMin === undefined ? sql`` : sql`and duration_ms >= ${conditions.durationMin}::real`}
  ${conditions.durationMax === undefined ? sql`` : sql`and duration_ms <= ${conditions.durationMax}::real`}
  ${conditions.requestBytesMin === undefined ? sql`` : sql`and request_bytes >= ${conditions.requestBytesMin}`}
  ${conditions.requestBytesMax === undefined ? sql`` : sql`and request_bytes <= ${conditions.requestBytesMax}`}
  ${conditions.responseBytesMin === undefined ? sql`` : sql`and response_bytes >= ${conditions.responseBytesMin}`}
  ${conditions.responseBytesMax === undefined ? sql`` : sql`and response_bytes <= ${conditions.responseBytesMax}`}`;
