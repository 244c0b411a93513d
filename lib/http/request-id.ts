import { type IdSource, isId } from "#lib/kernel/ids.ts";

export const REQUEST_ID_HEADER = "x-request-id";

/** The caller's request id when it has our form, so that one id follows a call through every hop; else a fresh one. */
export function requestIdOf(headers: Headers, ids: IdSource): string {
  const given = headers.get(REQUEST_ID_HEADER);
  return given !== null && isId("req", given) ? given : ids.id("req");
}
