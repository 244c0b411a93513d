import { describe, expect, it } from "vitest";
import { boundsOf } from "#lib/client/queries/requests.ts";
import { Outcome, Source } from "#lib/contract/index.ts";
import { isNarrowed, loadRequestSearch, viewOf } from "./request-search.ts";
import { OUTCOMES, SOURCES } from "./request-values.ts";

const load = (query: string) => loadRequestSearch(new URLSearchParams(query));
const NOW_MS = Date.parse("2026-11-20T15:00:00.000Z");

describe("the address of the request log", () => {
  it("is the last day, unfiltered, when it says nothing", () => {
    const view = viewOf(load(""));
    expect(view).toMatchObject({ page: 1, asOf: null, windowMs: 86_400_000 });
    expect(view.filter).toEqual({ level: "", outcome: "", source: "", tool: "" });
    expect(isNarrowed(load(""))).toBe(false);
  });

  it("carries filters, window and page", () => {
    const search = load("window=15m&outcome=tool_error,timeout&level=error&source=smoke&tool=get&page=3");
    expect(viewOf(search)).toMatchObject({ page: 3, windowMs: 900_000 });
    expect(viewOf(search).filter).toEqual({
      outcome: "tool_error,timeout",
      level: "error",
      source: "smoke",
      tool: "get",
    });
    expect(isNarrowed(search)).toBe(true);
  });

  it.each([
    "page=0",
    "page=-4",
    "page=1e99",
    "page=x",
    "window=century",
    "outcome=bogus",
    "asOf=yesterday",
    "from=1;drop table&window=custom",
  ])("takes nonsense as absent: %s", (query) => {
    const view = viewOf(load(query));
    expect(view.page).toBe(1);
    expect(view.asOf).toBeNull();
    expect(view.from).toBeNull();
    expect(view.filter.outcome).toBe("");
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

  it("knows every outcome and source of the contract", () => {
    expect([...OUTCOMES].sort()).toEqual([...Outcome.options].sort());
    expect([...SOURCES].sort()).toEqual([...Source.options].sort());
  });
});
