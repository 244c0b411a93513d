import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrderOfUse, isExpired, type OpenGrant } from "./grant-order.ts";

const grant = (own: Partial<OpenGrant>): OpenGrant => ({
  id: "cgr_5",
  kind: "manual",
  priority: 5,
  effectiveAtMs: 5,
  expiresAtMs: 5,
  createdAtMs: 5,
  paymentId: null,
  remainingMicros: 1n,
  ...own,
});

test("credits are used by priority, then expiry, given before paid, effective, made, id", () => {
  const first = grant({});
  // Each loses by one rule what it would win by all that come after.
  const later = [
    grant({ id: "cgr_1", createdAtMs: 5 }),
    grant({ createdAtMs: 4, id: "cgr_9" }),
    grant({ effectiveAtMs: 4, createdAtMs: 9, id: "cgr_9" }),
    grant({ kind: "promo", effectiveAtMs: 4, createdAtMs: 9 }),
    grant({ expiresAtMs: 4, kind: "purchase", effectiveAtMs: 9 }),
    grant({ priority: 4, expiresAtMs: null, kind: "purchase" }),
  ];
  for (const better of later) expect(inOrderOfUse(better, first)).toBeLessThan(0);
  expect(inOrderOfUse(grant({ kind: "purchase", effectiveAtMs: 1 }), first)).toBeGreaterThan(0);
  expect(inOrderOfUse(grant({ expiresAtMs: null, kind: "promo" }), first)).toBeGreaterThan(0);
});

const anyGrant = fc.record({
  id: fc.constantFrom("cgr_1", "cgr_2", "cgr_3"),
  kind: fc.constantFrom("plan", "promo", "purchase", "refund", "manual"),
  priority: fc.nat({ max: 2 }),
  effectiveAtMs: fc.nat({ max: 2 }),
  expiresAtMs: fc.option(fc.nat({ max: 2 })),
  createdAtMs: fc.nat({ max: 2 }),
  paymentId: fc.constant(null),
  remainingMicros: fc.constant(1n),
});

test("the order is total: it does not depend on the order in which grants are read", () => {
  fc.assert(
    fc.property(anyGrant, anyGrant, anyGrant, (a, b, c) => {
      expect(Math.sign(inOrderOfUse(a, b))).toBe(-Math.sign(inOrderOfUse(b, a)) || 0);
      if (inOrderOfUse(a, b) <= 0 && inOrderOfUse(b, c) <= 0)
        expect(inOrderOfUse(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

test("credits are expired from their expiry on, not after it", () => {
  expect(isExpired({ expiresAtMs: 10 }, 9)).toBe(false);
  expect(isExpired({ expiresAtMs: 10 }, 10)).toBe(true);
  expect(isExpired({ expiresAtMs: null }, Number.MAX_SAFE_INTEGER)).toBe(false);
});
