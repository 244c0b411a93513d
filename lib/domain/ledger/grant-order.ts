/** Credits that came in together, as far as they are not used. */
export interface OpenGrant {
  readonly id: string;
  readonly kind: string;
  readonly priority: number;
  readonly effectiveAtMs: number;
  readonly expiresAtMs: number | null;
  readonly createdAtMs: number;
  readonly paymentId: string | null;
  remainingMicros: bigint;
}

/** What was paid for is used after what was given. */
const isPaid = ({ kind }: OpenGrant): number => (kind === "purchase" || kind === "refund" ? 1 : 0);

/**
 * The order in which credits are used: priority (low first), soonest expiry, given before paid, effective first, made
 * first, id. A total order, so every node uses the same ones.
 */
export function inOrderOfUse(left: OpenGrant, right: OpenGrant): number {
  return (
    left.priority - right.priority ||
    order(left.expiresAtMs ?? Number.POSITIVE_INFINITY, right.expiresAtMs ?? Number.POSITIVE_INFINITY) ||
    isPaid(left) - isPaid(right) ||
    order(left.effectiveAtMs, right.effectiveAtMs) ||
    order(left.createdAtMs, right.createdAtMs) ||
    order(left.id, right.id)
  );
}

/** Credits past their expiry: what nobody has set aside of them is not spendable any more. */
export const isExpired = ({ expiresAtMs }: Pick<OpenGrant, "expiresAtMs">, nowMs: number): boolean =>
  expiresAtMs !== null && expiresAtMs <= nowMs;

function order<Value extends number | string>(left: Value, right: Value): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
