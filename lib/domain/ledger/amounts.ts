import { DomainError } from "#lib/kernel/errors.ts";

/** Throws DomainError `invalid_input` unless `amount` is above zero and at most `max` micros. */
export function requireAmount(amount: bigint, max: bigint, path = "amountMicros"): void {
  if (amount > 0n && amount <= max) return;
  throw new DomainError("invalid_input", "The amount cannot be used.", {
    errors: [{ path, code: "out_of_range", message: `Give an amount above zero and at most ${max} micros.` }],
  });
}

export const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right);
export const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);
