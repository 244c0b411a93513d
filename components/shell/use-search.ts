"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import type { ChangeOf, Parser, Parsers, ValuesOf } from "#lib/client/address/parsers.ts";
import { PendingSearch } from "#lib/client/address/pending-search.ts";
import { readSearch, writeSearch } from "#lib/client/address/search.ts";

interface HowToWrite {
  /** `push` lets the back button undo the change; `replace` is for what nobody would go back to. */
  history?: "push" | "replace";
}

const pending = new PendingSearch({
  pathname: () => window.location.pathname,
  search: () => window.location.search,
  write: (search, isPush) => {
    const { pathname, hash } = window.location;
    const address = `${pathname}${search === "" ? "" : `?${search}`}${hash}`;
    if (isPush) window.history.pushState(null, "", address);
    else window.history.replaceState(null, "", address);
  },
  nowMs: () => performance.now(),
  after: (ms, run) => {
    setTimeout(run, ms);
  },
});
const none = () => null;

/** The values in the page's address, and how to change them; nothing is loaded anew. A change of null takes all out. */
export function useSearch<P extends Parsers>(
  parsers: P,
  { history = "replace" }: HowToWrite = {},
): [ValuesOf<P>, (change: ChangeOf<P> | null, how?: HowToWrite) => void] {
  const pathname = usePathname();
  const shown = useSearchParams().toString();
  const set = useSyncExternalStore(pending.subscribe, () => pending.of(pathname), none);
  const change = (part: ChangeOf<P> | null, how: HowToWrite = {}) =>
    pending.change(
      (search) => {
        if (part !== null) return writeSearch(parsers, part, search);
        for (const name of Object.keys(parsers)) search.delete(name);
      },
      (how.history ?? history) === "push",
    );
  return [readSearch(parsers, new URLSearchParams(set ?? shown)), change];
}

/** The same for one value. */
export function useSearchValue<Value, Absent>(
  name: string,
  parser: Parser<Value, Absent>,
  how?: HowToWrite,
): [Value | Absent, (value: Value | null) => void] {
  const [values, change] = useSearch<Record<string, Parser<Value, Absent>>>({ [name]: parser }, how);
  return [values[name] ?? parser.absent, (value) => change({ [name]: value })];
}

/** Lets what was set go once the router shows it. One of it stands around all pages. */
export function SearchFollower() {
  const shown = useSearchParams().toString();
  useEffect(() => pending.settle(shown), [shown]);
  // The browser moves in its history by itself.
  useEffect(() => {
    const forget = () => pending.forget();
    window.addEventListener("popstate", forget);
    return () => window.removeEventListener("popstate", forget);
  }, []);
  return null;
}
