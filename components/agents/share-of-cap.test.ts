import { expect, it } from "vitest";
import { shareOfCap } from "./share-of-cap.ts";

it("tells how much of a cap is spent, whatever the amounts", () => {
  expect(shareOfCap("0", "1000000")).toEqual({ share: 0, level: "ok" });
  expect(shareOfCap("799999", "1000000")).toMatchObject({ level: "ok" });
  expect(shareOfCap("800000", "1000000")).toEqual({ share: 0.8, level: "near" });
  expect(shareOfCap("9007199254740992", "9007199254740993")).toMatchObject({ level: "near" });
});

it("never says that something is left of a cap that is reached, passed, or nothing at all", () => {
  for (const [spent, cap] of [
    ["9007199254740993", "9007199254740993"],
    ["2", "1"],
    ["0", "0"],
  ] as const)
    expect(shareOfCap(spent, cap)).toEqual({ share: 1, level: "used_up" });
});
