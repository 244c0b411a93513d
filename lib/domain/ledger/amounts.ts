import { DomainError } from "#lib/kernel/errors.ts";

/** Throws DomainError `invalid_input` unless `amount` is above zero and at most `max` micros. */
export function requireAmount(amount: bigint, max: bigint, path = "amountMicros"): void {
  if (amount > 0n && amount <= max) return;
  const message = `Give an amount above zero and at most ${max} micros.`;
  throw new DomainError("invalid_input", `The input is not valid. ${path}: ${message}`, {
    errors: [{ path, code: "out_of_range", message }],
  });
}

export const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right);
export const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);
