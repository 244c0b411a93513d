import type { Fragment, Sql } from "postgres";
import {
  levelCondition,
  type RequestConditions,
  requestUuid,
  sizeConditions,
  versionCondition,
} from "./request-conditions.ts";
import { containing } from "./text-search.ts";

/** What outbound calls can be filtered by. */
export type UpstreamConditions = Pick<
  RequestConditions,
  | "level"
  | "method"
  | "requestId"
  | "version"
  | "durationMin"
  | "durationMax"
  | "requestBytesMin"
  | "requestBytesMax"
  | "responseBytesMin"
  | "responseBytesMax"
  | "q"
>;

/** All conditions on `upstream_calls` but the time. `q` is text in the URL, the method or the error. Throws `invalid_input`. */
export const upstreamConditions = (
  sql: Sql,
  organizationId: string,
  conditions: UpstreamConditions,
): Fragment => sql`
  ${levelCondition(sql, conditions.level)}
  ${conditions.method === undefined ? sql`` : sql`and method = ${conditions.method}`}
  ${conditions.requestId === undefined ? sql`` : sql`and request_id = ${requestUuid(conditions.requestId)}`}
  ${conditions.version === undefined ? sql`` : versionCondition(sql, organizationId, conditions.version)}
  ${sizeConditions(sql, conditions as RequestConditions)}
  ${containing(sql, ["url", "method", "error"], conditions.q)}`;
