import fc from "fast-check";
import { createSerializer } from "nuqs/server";
import { describe, expect, it } from "vitest";
import { PAGE_SIZES } from "#components/ui/page-sizes.ts";
import { boundsOf } from "#lib/client/queries/requests.ts";
import { Outcome, RequestLogQuery, Source } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { changeByFacet } from "./facet-choice.ts";
import { chipsOf } from "./filter-words.ts";
import { loadRequestSearch } from "./load-request-search.ts";
import { FILTERS, filterOf, NAME_CHARACTERS_MAX, SEARCH_CHARACTERS_MAX } from "./log-filters.ts";
import {
  isNarrowed,
  NO_FILTERS,
  type RequestSearch,
  requestSearch,
  unusedNames,
  viewOf,
} from "./request-search.ts";
import { LEVELS, OUTCOMES, SOURCES } from "./request-values.ts";
import { changeOfSaved, savedQueryOf } from "./saved-search.ts";

const load = (query: string) => loadRequestSearch(new URLSearchParams(query));
const serialize = createSerializer(requestSearch);
const NOW_MS = Date.parse("2026-11-20T15:00:00.000Z");

const name = fc.oneof(fc.constant(""), fc.string({ unit: "grapheme", maxLength: 40 }));
const amount = fc.option(fc.integer({ min: 0, max: 86_400_000 }));
const time = fc.option(
  fc
    .date({ min: new Date("2001-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((at) => at.toISOString()),
);
const anySearch: fc.Arbitrary<RequestSearch> = fc.record({
  window: fc.constantFrom("15m", "1h", "24h", "7d", "custom"),
  from: time,
  to: time,
  page: fc.integer({ min: 1, max: 1_000_000_000 }),
  pageSize: fc.constantFrom(...PAGE_SIZES),
  asOf: time,
  log: fc.constantFrom("requests", "console"),
  mode: fc.constantFrom("history", "live"),
  request: fc.option(fc.string({ minLength: 1 })),
  line: fc.option(fc.string({ minLength: 1 })),
  level: fc.subarray([...LEVELS]),
  outcome: fc.subarray([...OUTCOMES]),
  source: fc.subarray([...SOURCES]),
  tool: name,
  method: name,
  client: name,
  agent: name,
  endUser: name,
  gateway: name,
  region: name,
  version: name,
  requestId: name,
  session: fc.constantFrom("", "0123456789abcdef"),
  q: name,
  durationMin: amount,
  durationMax: amount,
  requestBytesMin: amount,
  requestBytesMax: amount,
  responseBytesMin: amount,
  responseBytesMax: amount,
});
/** Only a window of its own has bounds of its own. */
const searches = anySearch.map((search) =>
  search.window === "custom" ? search : { ...search, from: null, to: null },
);

describe("the address of the request log", () => {
  it("is the last day, unfiltered, when it says nothing", () => {
    const view = viewOf(load(""));
    expect(view).toMatchObject({ log: "requests", page: 1, pageSize: 50, asOf: null, windowMs: 86_400_000 });
    expect(view.filter).toEqual({});
    expect(isNarrowed(load(""))).toBe(false);
  });

  it("gives back every state of the page that was written into it, and leaves nothing out", () => {
    fc.assert(
      fc.property(searches, (search) => {
        const address = new URLSearchParams(serialize(search));
        expect(loadRequestSearch(address)).toEqual(search);
        expect(unusedNames(address, "requests")).toEqual([]);
      }),
    );
  });

  it("asks the API only for what it takes, with the same values", () => {
    fc.assert(
      fc.property(searches, (search) => {
        const { filter, page, pageSize } = viewOf({ ...search, log: "requests" });
        const asked = RequestLogQuery.parse({ ...filter, page, pageSize });
        for (const [key, text] of Object.entries(filter)) {
          const value = asked[key as keyof typeof asked];
          expect(Array.isArray(value) ? value.join(",") : String(value)).toBe(text);
        }
      }),
    );
  });

  it("asks for console lines only by what they have", () => {
    const search = load("log=console&level=error&tool=get&q=refund&durationMin=5");
    expect(viewOf(search).filter).toEqual({ level: "error", q: "refund" });
    expect(isNarrowed(load("log=console&tool=get"))).toBe(false);
  });

  it("is always the newest page while it is live", () => {
    const view = viewOf(load("mode=live&page=7&asOf=2026-11-20T10:00:00.000Z"));
    expect(view).toMatchObject({ page: 1, asOf: null });
  });

  it.each([
    ["page=0", "page"],
    ["page=-4", "page"],
    ["page=1e99", "page"],
    ["page=x", "page"],
    ["pageSize=7", "pageSize"],
    ["window=century", "window"],
    ["outcome=bogus", "outcome"],
    ["outcome=ok,bogus", "outcome"],
    ["asOf=yesterday", "asOf"],
    ["from=1;drop table&window=custom", "from"],
    ["durationMin=-1", "durationMin"],
    ["durationMin=1e3", "durationMin"],
    ["responseBytesMax=9007199254740993", "responseBytesMax"],
    ["session=%27or1%3D1", "session"],
    [`q=${"x".repeat(201)}`, "q"],
    ["log=everything", "log"],
  ])("leaves out what cannot be used, and says so: %s", (query, named) => {
    const address = new URLSearchParams(query);
    expect(unusedNames(address, "requests")).toEqual([named]);
    expect(viewOf(load(query)).page).toBe(1);
    expect(RequestLogQuery.safeParse(viewOf(load(query)).filter).success).toBe(true);
  });

  it("says which filters mean nothing to console lines, and ignores parameters of others", () => {
    expect(unusedNames(new URLSearchParams("log=console&tool=get&level=warn"), "console")).toEqual(["tool"]);
    expect(unusedNames(new URLSearchParams("utm_source=mail"), "requests")).toEqual([]);
  });

  it("says that times bound nothing without a window of their own", () => {
    const times = "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
    expect(unusedNames(new URLSearchParams(`${times}&window=7d`), "requests")).toEqual(["from", "to"]);
    expect(unusedNames(new URLSearchParams(`${times}&window=custom`), "requests")).toEqual([]);
  });

  it("takes whatever somebody writes without failing", () => {
    const names = fc.constantFrom(...Object.keys(requestSearch));
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string({ unit: "binary" }))), (parts) => {
        const address = new URLSearchParams(parts);
        const view = viewOf(loadRequestSearch(address));
        expect(RequestLogQuery.safeParse({ ...view.filter, page: view.page }).success).toBe(true);
        expect(() => unusedNames(address, view.log)).not.toThrow();
      }),
    );
  });

  it("bounds a window by the moment it is pinned to, or now, or by two times", () => {
    expect(boundsOf(viewOf(load("window=1h")), NOW_MS)).toEqual({
      from: "2026-11-20T14:00:00.000Z",
      to: null,
    });
    expect(boundsOf(viewOf(load("window=1h&asOf=2026-11-20T10:00:00.000Z")), NOW_MS).from).toBe(
      "2026-11-20T09:00:00.000Z",
    );
    const custom = load("window=custom&from=2026-11-01T00:00:00.000Z&to=2026-11-02T00:00:00.000Z");
    expect(boundsOf(viewOf(custom), NOW_MS)).toEqual({
      from: "2026-11-01T00:00:00.000Z",
      to: "2026-11-02T00:00:00.000Z",
    });
  });

  it("knows every outcome and source of the contract, its lengths and page sizes", () => {
    expect([...OUTCOMES].sort()).toEqual([...Outcome.options].sort());
    expect([...SOURCES].sort()).toEqual([...Source.options].sort());
    expect(NAME_CHARACTERS_MAX).toBe(limits.requests.nameCharactersMax);
    expect(SEARCH_CHARACTERS_MAX).toBe(limits.requests.searchCharactersMax);
    expect(Math.max(...PAGE_SIZES)).toBeLessThanOrEqual(limits.http.pageSizeMax);
  });
});

describe("a saved view", () => {
  it("keeps log, window and filters, and shows the newest page of them", () => {
    fc.assert(
      fc.property(searches, (search) => {
        const shown = { ...search, ...changeOfSaved(savedQueryOf(search)) };
        expect(shown).toEqual({
          ...search,
          page: null,
          asOf: null,
          mode: null,
          request: null,
          line: null,
        });
      }),
    );
  });

  it("takes nothing else from what somebody stored", () => {
    const change = changeOfSaved("tool=get&request=req_1&outcome=bogus&__proto__=x&next=//evil");
    expect(change).toMatchObject({ tool: "get", request: null, outcome: [] });
    expect(Object.keys(change)).not.toContain("next");
  });
});

describe("chips and facets", () => {
  it("removing every chip, one after the other, leaves no filter", () => {
    fc.assert(
      fc.property(searches, (search) => {
        let values: RequestSearch = search;
        for (let left = 60; left > 0; left--) {
          const [chip] = chipsOf(values, search.log, undefined);
          if (chip === undefined) break;
          values = load(serialize({ ...values, [chip.name]: chip.without }));
        }
        expect(filterOf(values, search.log)).toEqual({});
      }),
      { numRuns: 30 },
    );
  });

  it("shows what would hide or turn text around as signs", () => {
    const search = load(`client=${encodeURIComponent("\u202elive\u200b")}`);
    expect(chipsOf(search, "requests", undefined)).toMatchObject([{ text: "‹U+202E›live‹U+200B›" }]);
  });

  it("clearing all forgets every filter there is", () => {
    expect(Object.keys(NO_FILTERS)).toEqual(expect.arrayContaining([...FILTERS]));
  });

  it("adds and removes one value of several, or leaves only one; a side with one value changes it", () => {
    const search = load("outcome=ok,timeout&tool=get");
    expect(changeByFacet(search, "outcome", "canceled", "toggle").outcome).toEqual([
      "ok",
      "timeout",
      "canceled",
    ]);
    expect(changeByFacet(search, "outcome", "ok", "toggle").outcome).toEqual(["timeout"]);
    expect(changeByFacet(load("outcome=ok"), "outcome", "ok", "toggle").outcome).toBeNull();
    expect(changeByFacet(search, "outcome", "ok", "only").outcome).toEqual(["ok"]);
    expect(changeByFacet(search, "tool", "refund", "toggle").tool).toBe("refund");
    expect(changeByFacet(search, "tool", "get", "toggle").tool).toBeNull();
    expect(changeByFacet(search, "tool", "get", "only").tool).toBe("get");
  });
});
