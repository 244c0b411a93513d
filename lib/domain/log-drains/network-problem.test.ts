import { expect, test } from "vitest";
import { networkProblem } from "./network-problem.ts";

const coded = (code: string): Error => Object.assign(new Error("low-level words"), { code });

test.each([
  [
    coded("ECONNREFUSED"),
    "The sink cannot be reached: nothing takes connections at its address (ECONNREFUSED).",
  ],
  [coded("ENEW"), "The sink cannot be reached: ENEW."],
  [new Error("odd"), "The sink cannot be reached: odd."],
  ["no error", "The sink cannot be reached."],
])("a sink that cannot be reached is explained by the innermost reason, in words: %s", (reason, message) => {
  expect(networkProblem(reason)).toBe(message);
  expect(networkProblem(new TypeError("fetch failed", { cause: reason }))).toBe(
    reason instanceof Error ? message : "The sink cannot be reached: fetch failed.",
  );
});

test("an address that is refused comes with who can allow it", () => {
  const refused = Object.assign(new Error("10.0.0.1 is private"), {
    name: "AddressRefusedError",
    code: "EPRIVATE",
  });
  expect(networkProblem(refused)).toBe(
    "The sink cannot be reached: 10.0.0.1 is private. The operator of this installation may allow private addresses.",
  );
});
