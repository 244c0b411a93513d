import fc from "fast-check";
import { expect, test } from "vitest";
import { computingMs } from "#lib/testing/computing-time.ts";
import { matchesToolPattern } from "./tool-pattern.ts";

test.each([
  ["*", "get_ticket", true],
  ["*", "", true],
  ["get_*", "get_ticket", true],
  ["get_*", "get_", true],
  ["get_*", "forget_ticket", false],
  ["*_ticket", "get_ticket", true],
  ["*_ticket", "get_tickets", false],
  ["get_*_by_*", "get_ticket_by_id", true],
  ["get_ticket", "get_ticket", true],
  ["get_ticket", "get_ticket2", false],
  ["get_ticket", "Get_Ticket", false],
  ["get.ticket", "get_ticket", false],
  ["[a-z]*", "get", false],
  ["a**b", "ab", true],
  ["*a*b*", "xxaxxbxx", true],
  ["*a*b*", "xxbxxaxx", false],
  ["", "", true],
  ["", "a", false],
  ["*\u{1F600}*", "a\u{1F600}b", true],
])("%j and %j: %j", (pattern, name, matches) => {
  expect(matchesToolPattern(pattern, name)).toBe(matches);
});

test("a hostile pattern is answered at once", () => {
  expect(matchesToolPattern(`${"*a".repeat(100)}*b`, "a".repeat(200))).toBe(false);
  // A search that begins anew at each place would take minutes.
  const tookMs = computingMs(() => {
    expect(matchesToolPattern(`*${"a".repeat(300_000)}b*`, "a".repeat(1_000_000))).toBe(false);
  });
  expect(tookMs).toBeLessThan(5_000);
});

test("a pattern means what the same regular expression means", () => {
  const text = (letters: string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
  fc.assert(
    fc.property(text(["a", "b", "*"]), text(["a", "b"]), (pattern, name) => {
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name);
      expect(matchesToolPattern(pattern, name)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});
