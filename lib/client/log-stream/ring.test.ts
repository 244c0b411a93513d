import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ring } from "./ring.ts";

describe("a ring", () => {
  it("behaves like a list that forgets its beginning", () => {
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.constant("push" as const) },
      fc.constantFrom("pop" as const, "shift" as const, "clear" as const),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.array(action, { maxLength: 60 }),
        (capacity, actions) => {
          const ring = new Ring<number>(capacity);
          let model: number[] = [];
          let next = 0;
          for (const step of actions) {
            if (step === "push") {
              ring.push(next);
              model.push(next++);
              if (model.length > capacity) model = model.slice(1);
            } else if (step === "pop") expect(ring.pop()).toBe(model.pop());
            else if (step === "shift") expect(ring.shift()).toBe(model.shift());
            else {
              ring.clear();
              model = [];
            }
            expect(ring.slice()).toEqual(model);
            expect(ring.size).toBe(model.length);
            expect(ring.last()).toBe(model.at(-1));
            expect(ring.get(ring.first)).toBe(model[0]);
            expect(ring.get(ring.first - 1)).toBeUndefined();
            expect(ring.get(ring.end)).toBeUndefined();
          }
        },
      ),
    );
  });

  it("gives back what fell out, and never holds nothing", () => {
    const ring = new Ring<string>(1);
    expect(ring.push("a")).toBeUndefined();
    expect(ring.push("b")).toBe("a");
    expect(() => new Ring(0)).toThrow(RangeError);
  });
});
