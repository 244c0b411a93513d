import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConsoleFact } from "./facts.ts";
import { LogRing } from "./log-ring.ts";

const fact = (seq: number, bytes: number): ConsoleFact => ({
  id: "",
  organizationId: "",
  serverId: "",
  versionId: null,
  requestId: null,
  epoch: "",
  seq,
  timestampMs: 0,
  level: "info",
  method: "log",
  message: "",
  truncated: false,
  bytes,
  retentionDays: 0,
});

test("holds the newest lines, contiguous, within both bounds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }),
      fc.integer({ min: 1, max: 50 }),
      (sizes, entriesMax) => {
        const ring = new LogRing(entriesMax, 20_000);
        for (const [index, bytes] of sizes.entries()) {
          ring.append(fact(index + 1, bytes));
          expect(ring.head).toBe(index + 1);
          expect(ring.head - ring.tail + 1).toBeLessThanOrEqual(entriesMax);
          expect(ring.bytes).toBeLessThanOrEqual(20_000);
          expect(ring.at(ring.head)?.seq).toBe(ring.head);
          expect(ring.at(ring.tail)?.seq).toBe(ring.tail);
          expect(ring.at(ring.tail - 1)).toBeUndefined();
          expect(ring.at(ring.head + 1)).toBeUndefined();
        }
        while (ring.tail <= ring.head) ring.dropOldest();
        expect(ring.bytes).toBe(0);
      },
    ),
  );
});

test("refuses a line out of order: a hole would be told to viewers as if it were a line", () => {
  const ring = new LogRing();
  ring.append(fact(1, 1));
  expect(() => ring.append(fact(3, 1))).toThrow(RangeError);
  expect(() => ring.append(fact(1, 1))).toThrow(RangeError);
});
