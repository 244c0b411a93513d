import type { MessageBody } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { isDeeperThan } from "#lib/kernel/json-depth.ts";
import { limits } from "#lib/kernel/limits.ts";

/** What the redactor leaves of a secret: `[redacted:type#hash]`. */
const REDACTED = /\[redacted:[^\]]*\]/;
const GIVE = "Give the arguments.";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The message in a recorded text; null when there is none, or it was cut, or is deeper than is looked at. */
function messageOf(text: string | null | undefined): Record<string, unknown> | null {
  if (text === null || text === undefined) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && !isDeeperThan(value, limits.checks.answerDepthMax) ? value : null;
  } catch {
    // A cut text is no JSON any more, which is what its absence says.
    return null;
  }
}

/**
 * The arguments with which a tool was called, from what was recorded. Throws `unprocessable`, with what to do, when
 * nothing was recorded, when it was cut, and when a secret was redacted in it: a call with other arguments is no replay.
 */
export function recordedArguments(body: MessageBody | undefined): Record<string, unknown> {
  if (body === undefined || body.request === null)
    throw new DomainError(
      "unprocessable",
      `What this call said was not recorded. ${GIVE} To record further calls, turn on bodies in the server's settings.`,
    );
  const params = messageOf(body.request)?.params;
  if (!isRecord(params))
    throw new DomainError(
      "unprocessable",
      `The recorded message was cut, so its arguments are not whole. ${GIVE}`,
    );
  const given = params.arguments ?? {};
  if (!isRecord(given))
    throw new DomainError("unprocessable", `The recorded arguments are no JSON object. ${GIVE}`);
  if (REDACTED.test(JSON.stringify(given)))
    throw new DomainError(
      "unprocessable",
      `A secret was taken out of the recorded arguments. Give the arguments with the real value in its place.`,
    );
  return given;
}

/** The result, or the error, in the recorded answer; null when it was not recorded whole. */
export function recordedResponse(body: MessageBody | undefined): unknown {
  const message = messageOf(body?.response);
  return message?.result ?? message?.error ?? null;
}

/** Equal, or equal but for secrets that the record does not hold. */
export function isSameButSecrets(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (typeof before !== "string" || typeof after !== "string" || !REDACTED.test(before)) return false;
  const [start = "", ...rest] = before.split(new RegExp(REDACTED, "g"));
  if (!after.startsWith(start)) return false;
  let reached = start.length;
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const found = isLast ? after.length - part.length : after.indexOf(part, reached);
    if (found < reached || !after.startsWith(part, found)) return false;
    reached = found + part.length;
  }
  return true;
}
