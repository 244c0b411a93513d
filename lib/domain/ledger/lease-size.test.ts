import fc from "fast-check";
import { expect, test } from "vitest";
import { leaseSize } from "./lease-size.ts";

const micros = fc.bigInt({ min: 0n, max: 2n ** 62n });

test("a lease is never more than what is left, never less than a call, and nobody is refused who could be served", () => {
  fc.assert(
    fc.property(
      micros,
      micros,
      micros,
      fc.integer({ min: -1, max: 50 }),
      (remaining, need, want, liveNodes) => {
        const size = leaseSize({ remaining, need, want, liveNodes });
        const least = need > 1n ? need : 1n;
        if (size === null) expect(remaining).toBeLessThan(least);
        else {
          expect(size).toBeGreaterThanOrEqual(least);
          expect(size).toBeLessThanOrEqual(remaining);
        }
      },
    ),
  );
});

test("all of a budget can be spent: leases taken one after the other leave less than a call", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 5_000n }), fc.bigInt({ min: 1n, max: 60n }), (budget, need) => {
      let remaining = budget;
      for (;;) {
        const size = leaseSize({ remaining, need, want: 1_000n, liveNodes: 3 });
        if (size === null) break;
        remaining -= size;
      }
      expect(remaining).toBeLessThan(need);
    }),
  );
});
