import fc from "fast-check";
import { expect, it } from "vitest";
import { nearestNames } from "./nearest-names.ts";

const TOOLS = ["close_ticket", "get_ticket", "search_tickets"];

it.each([
  ["getTicket", "get_ticket"],
  ["get-tickets", "get_ticket"],
  ["fetch_ticket", "get_ticket"],
  ["search_ticket", "search_tickets"],
])("what was meant by %s is %s", (wanted, meant) => {
  expect(nearestNames(wanted, TOOLS)[0]).toBe(meant);
});

it("names nothing that is not alike", () => {
  expect(nearestNames("send_invoice", TOOLS)).toEqual([]);
  expect(nearestNames("", TOOLS)).toEqual([]);
});

it("answers names that exist, another spelling of the same one first, in whatever order they come", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[a-z]{3,12}(?:_[a-z]{3,12})?$/), { minLength: 1, maxLength: 6 }),
      (names) => {
        const [wanted = ""] = names;
        const found = nearestNames(wanted.toUpperCase().replace("_", "-"), names);
        expect(found[0]).toBe(nearestNames(wanted, [...names].reverse())[0]);
        expect(names).toEqual(expect.arrayContaining(found));
      },
    ),
  );
});
