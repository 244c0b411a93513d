import type { Fragment, Sql } from "postgres";
import type { RequestLogQuery } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { decodeId, isUuid } from "#lib/kernel/ids.ts";
import { levelNumber } from "./fact-levels.ts";

export type RequestConditions = Pick<
  RequestLogQuery,
  "level" | "outcome" | "source" | "tool" | "method" | "requestId"
>;

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

/** True when the hourly counts know every dimension that is filtered by, so that they can lead to any page. */
export const isCountedByRollups = (conditions: RequestConditions): boolean =>
  conditions.method === undefined && conditions.requestId === undefined;

/** Conditions on columns that rows and hourly counts share. `table` has them as its columns. */
export function sharedConditions(sql: Sql, conditions: RequestConditions): Fragment {
  const levels = conditions.level?.map(levelNumber);
  const tool = conditions.tool;
  return sql`
    ${levels === undefined ? sql`` : sql`and level in ${sql(levels)}`}
    ${levels?.every((level) => level >= 2) ? sql`and level >= 2` : sql``}
    ${conditions.outcome === undefined ? sql`` : sql`and outcome in ${sql(conditions.outcome)}`}
    ${conditions.source === undefined ? sql`` : sql`and source in ${sql(conditions.source)}`}
    ${tool === undefined ? sql`` : sql`and tool = ${tool}`}`;
}

/** All conditions, for the rows themselves. */
export const rowConditions = (sql: Sql, conditions: RequestConditions): Fragment => sql`
  ${sharedConditions(sql, conditions)}
  ${conditions.method === undefined ? sql`` : sql`and method = ${conditions.method}`}
  ${conditions.requestId === undefined ? sql`` : sql`and request_id = ${requestUuid(conditions.requestId)}`}`;
