import type { Idempotency } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Route } from "./define-route.ts";

export const IDEMPOTENCY_HEADER = "Idempotency-Key";
export const REPLAYED_HEADER = "Idempotency-Replayed";

const { idempotencyKeyCharactersMax } = limits.money;
const KEY = new RegExp(`^[\\x21-\\x7e]{1,${idempotencyKeyCharactersMax}}$`);

/**
 * The key of a call, which marks `headers` of the answer when that is an earlier one. Undefined where the route knows none
 * and where none came. Throws `invalid_input` for a key that is none, and for none where one must be.
 */
export function idempotencyOf(
  route: Route,
  request: Pick<Request, "headers">,
  headers: Headers,
): Idempotency | undefined {
  if (route.idempotency === undefined) return undefined;
  const key = request.headers.get(IDEMPOTENCY_HEADER);
  if (key === null) {
    if (route.idempotency === "optional") return undefined;
    throw refused("required", `Send an ${IDEMPOTENCY_HEADER}: a text of your own, new for each request.`);
  }
  if (!KEY.test(key))
    throw refused(
      "invalid",
      `An ${IDEMPOTENCY_HEADER} has 1 to ${idempotencyKeyCharactersMax} visible ASCII characters, such as a UUID.`,
    );
  return { key, replayed: () => headers.set(REPLAYED_HEADER, "true") };
}

const refused = (code: string, message: string): DomainError =>
  new DomainError("invalid_input", message, { errors: [{ path: IDEMPOTENCY_HEADER, code, message }] });
