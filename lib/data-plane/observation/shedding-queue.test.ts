import fc from "fast-check";
import { expect, test } from "vitest";
import { LOG_LEVELS, type LogLevel } from "#lib/contract/index.ts";
import { SheddingQueue } from "./shedding-queue.ts";

interface Item {
  level: LogLevel;
  bytes: number;
  n: number;
}
const queueOf = (itemsMax: number, bytesMax: number) =>
  new SheddingQueue<Item>((item) => item, itemsMax, bytesMax);
const item = (level: LogLevel, n = 0, bytes = 1): Item => ({ level, n, bytes });

test("when full, debug goes first, then info, then warn, the oldest of each; errors stay longest", () => {
  const queue = queueOf(4, 1_000);
  for (const [n, level] of (["error", "debug", "info", "debug"] as const).entries())
    queue.push(item(level, n));
  expect(queue.push(item("error", 4))).toEqual([item("debug", 1)]);
  expect(queue.push(item("warn", 5))).toEqual([item("debug", 3)]);
  expect(queue.push(item("warn", 6))).toEqual([item("info", 2)]);
  expect(queue.push(item("error", 7))).toEqual([item("warn", 5)]);
  expect(queue.push(item("debug", 8))).toEqual([item("debug", 8)]);
});

test("never holds more than its bounds, and what goes in comes out or is shed, exactly once", () => {
  const items = fc.array(
    fc.record({ level: fc.constantFrom(...LOG_LEVELS), bytes: fc.integer({ min: 1, max: 60 }) }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 20 }), (pushes, itemsMax) => {
      const queue = queueOf(itemsMax, 100);
      const out: number[] = [];
      for (const [n, push] of pushes.entries()) {
        out.push(...queue.push({ ...push, n }).map((shed) => shed.n));
        expect(queue.size).toBeLessThanOrEqual(itemsMax);
        expect(queue.bytes).toBeLessThanOrEqual(100);
        if (n % 7 === 0) out.push(...queue.take(3).map((taken) => taken.n));
      }
      while (queue.size > 0) out.push(...queue.take(5).map((taken) => taken.n));
      expect(out.sort((a, b) => a - b)).toEqual(pushes.map((_, n) => n));
      expect(queue.bytes).toBe(0);
    }),
  );
});

test("gives out the oldest of a level first, also after many have gone through", () => {
  const queue = queueOf(10_000, 1e9);
  let next = 0;
  for (let round = 0; round < 50; round++) {
    for (let n = 0; n < 200; n++) queue.push(item("info", round * 200 + n));
    for (const taken of queue.take(150)) expect(taken.n).toBe(next++);
  }
});
