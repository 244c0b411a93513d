import { expect, it } from "vitest";
import { isDeeperThan } from "./json-depth.ts";

const nested = (levels: number): unknown =>
  JSON.parse(`${'{"a":['.repeat(levels / 2)}${"]}".repeat(levels / 2)}`);

it("counts objects and lists that lie inside each other", () => {
  expect(isDeeperThan("text", 0)).toBe(false);
  expect(isDeeperThan(nested(6), 6)).toBe(false);
  expect(isDeeperThan(nested(6), 5)).toBe(true);
  expect(isDeeperThan([{ a: 1 }, [[]], null], 3)).toBe(false);
});

it("looks at what is too deep for the call stack", () => {
  expect(isDeeperThan(nested(200_000), 60)).toBe(true);
});
