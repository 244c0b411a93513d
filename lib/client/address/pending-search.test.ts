import { describe, expect, it } from "vitest";
import { PendingSearch } from "./pending-search.ts";

/** A page at `/here` whose address is written and whose time passes when the test says so. */
function openPage() {
  const page = { pathname: "/here", search: "", nowMs: 0, later: null as null | (() => void) };
  const writes: string[] = [];
  const pending = new PendingSearch({
    pathname: () => page.pathname,
    search: () => page.search,
    write: (search, isPush) => {
      page.search = search === "" ? "" : `?${search}`;
      writes.push(`${isPush ? "push" : "replace"} ${search}`);
    },
    nowMs: () => page.nowMs,
    after: (ms, run) => {
      page.later = () => {
        page.nowMs += ms;
        run();
      };
    },
  });
  const set = (name: string, value: string, isPush = false) =>
    pending.change((search) => search.set(name, value), isPush);
  return { page, writes, pending, set };
}

describe("what was set in the address", () => {
  it("counts at once, until the router shows it", () => {
    const { pending, set, writes } = openPage();
    let told = 0;
    pending.subscribe(() => told++);
    set("q", "a");
    expect([pending.of("/here"), pending.of("/there"), told]).toEqual(["q=a", null, 1]);
    expect(writes).toEqual(["replace q=a"]);
    pending.settle("");
    expect(pending.of("/here"), "the router shows the old address still").toBe("q=a");
    pending.settle("q=a");
    expect([pending.of("/here"), told]).toEqual([null, 2]);
  });

  it("is written seldom, with all that was set meanwhile, and as one step back when one of it was one", () => {
    const { page, pending, set, writes } = openPage();
    set("q", "a");
    set("q", "ab");
    set("row", "1", true);
    set("q", "abc");
    expect(writes).toEqual(["replace q=a"]);
    pending.settle("q=a");
    expect(pending.of("/here"), "the router is behind").toBe("q=abc&row=1");
    page.later?.();
    expect(writes).toEqual(["replace q=a", "push q=abc&row=1"]);
    page.nowMs += 1_000;
    set("q", "abcd");
    expect(writes.at(-1)).toBe("replace q=abcd&row=1");
  });

  it("is not written when it is so already", () => {
    const { page, pending, set, writes } = openPage();
    page.search = "?q=a,b";
    set("q", "a,b", true);
    expect([writes, pending.of("/here")]).toEqual([[], null]);
  });

  it("ends when the page is left, or the browser goes back", () => {
    const { page, pending, set, writes } = openPage();
    set("q", "a");
    set("q", "ab");
    page.pathname = "/there";
    page.search = "?other=1";
    page.later?.();
    expect([writes, pending.of("/here")]).toEqual([["replace q=a"], null]);
    page.nowMs += 1_000;
    set("q", "x");
    expect(writes.at(-1)).toBe("replace other=1&q=x");
    pending.forget();
    expect(pending.of("/there")).toBeNull();
    set("q", "y");
    page.search = "?elsewhere=1";
    pending.settle("elsewhere=1");
    expect(pending.of("/there")).toBeNull();
  });
});
