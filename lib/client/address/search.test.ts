import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ChangeOf,
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from "./parsers.ts";
import { readPageSearch, readSearch, searchText, writeSearch } from "./search.ts";

const parsers = {
  q: parseAsString.withDefault(""),
  row: parseAsString,
  page: parseAsInteger.withDefault(1),
  open: parseAsBoolean.withDefault(false),
  window: parseAsStringLiteral(["1h", "24h"]).withDefault("24h"),
  with: parseAsArrayOf(parseAsString).withDefault([]),
};
const read = (text: string) => readSearch(parsers, new URLSearchParams(text));
const written = (change: ChangeOf<typeof parsers>, before = ""): string => {
  const search = new URLSearchParams(before);
  writeSearch(parsers, change, search);
  return searchText(search);
};
const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });

describe("the state of a page in its address", () => {
  it("is read as it was written, whatever the values are", () => {
    fc.assert(
      fc.property(
        fc.record({
          q: fc.string({ unit: "grapheme" }),
          row: fc.option(word),
          page: fc.maxSafeInteger(),
          open: fc.boolean(),
          window: fc.constantFrom("1h", "24h"),
          with: fc.array(word),
        }),
        (values) => {
          expect(read(written(values))).toEqual(values);
        },
      ),
    );
  });

  it("says nothing of what counts anyway, and leaves alone what belongs to somebody else", () => {
    expect(written({ q: "", page: 1, open: false, window: "24h", with: [] }, "theirs=1&page=3")).toBe(
      "theirs=1",
    );
    expect(written({ row: null }, "row=a&theirs=1")).toBe("theirs=1");
    expect(written({ page: undefined }, "page=3")).toBe("page=3");
  });

  it("counts what cannot be used as absent, and takes the first of several", () => {
    expect(read("page=2x&open=yes&window=3h&row=a&row=b")).toEqual({
      q: "",
      row: "a",
      page: 1,
      open: false,
      window: "24h",
      with: [],
    });
    expect(read("page=9007199254740993").page).toBe(1);
    fc.assert(
      fc.property(fc.string(), fc.webQueryParameters(), (text, query) => {
        read(text);
        read(query);
      }),
    );
  });

  it("can be read by people where the address allows it", () => {
    expect(written({ with: ["a", "b"], q: "2026-01-01T00:00:00Z me@example.com /x" })).toBe(
      "with=a,b&q=2026-01-01T00:00:00Z+me@example.com+/x",
    );
  });

  it("is the same on the server as in the browser", async () => {
    const page = { page: "2", row: ["a", "b"], with: "x,y", q: undefined };
    expect(await readPageSearch(parsers, Promise.resolve(page))).toEqual(read("page=2&row=a&row=b&with=x,y"));
  });
});
