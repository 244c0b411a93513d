import { searchText } from "./search.ts";

/** What it needs of a browser. */
export interface AddressBar {
  pathname: () => string;
  /** The query as it stands there, with or without its question mark. */
  search: () => string;
  write: (search: string, isPush: boolean) => void;
  nowMs: () => number;
  after: (ms: number, run: () => void) => void;
}

/** Browsers refuse a page that writes its address more than some 100 times in 10 seconds, as a held key would. */
const WRITE_INTERVAL_MS = 120;

const sorted = (search: string): string => new URLSearchParams(search).toString();

/**
 * The query that was set and that the router does not show yet. The router shows a new address some time later, which
 * is too late for a field that is typed into, and an address must not be written with each key that is held.
 */
export class PendingSearch {
  readonly #bar: AddressBar;
  readonly #listeners = new Set<() => void>();
  #pending: { pathname: string; search: string } | null = null;
  /** What the address says by what was written; when it says something else, somebody went elsewhere. */
  #written = "";
  #isPush = false;
  #isScheduled = false;
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  constructor(bar: AddressBar) {
    this.#bar = bar;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What counts on the page `pathname` instead of what the router shows; null when the router is right. */
  of(pathname: string): string | null {
    return this.#pending?.pathname === pathname ? this.#pending.search : null;
  }

  /** Lets `edit` change the query. What changes nothing is not written; one push among several makes all of them one. */
  change(edit: (search: URLSearchParams) => void, isPush: boolean): void {
    const pathname = this.#bar.pathname();
    if (this.of(pathname) === null) this.#written = sorted(this.#bar.search());
    const before = this.of(pathname) ?? this.#written;
    const search = new URLSearchParams(before);
    edit(search);
    if (search.toString() === before) return;
    this.#isPush ||= isPush;
    this.#set({ pathname, search: search.toString() });
    if (this.#isScheduled) return;
    const waitMs = this.#writtenAtMs + WRITE_INTERVAL_MS - this.#bar.nowMs();
    if (waitMs <= 0) {
      this.#write();
      return;
    }
    this.#isScheduled = true;
    this.#bar.after(waitMs, () => {
      this.#isScheduled = false;
      this.#write();
    });
  }

  /** The router shows `search` now: what it has caught up with, or gone away from, no longer counts. */
  settle(search: string): void {
    const hasCaughtUp = !this.#isScheduled && this.of(this.#bar.pathname()) === sorted(search);
    if (hasCaughtUp || this.#isElsewhere()) this.forget();
  }

  /** Somebody went back or forward: what was set belongs to the address that was left. */
  forget(): void {
    this.#isPush = false;
    if (this.#pending !== null) this.#set(null);
  }

  #write(): void {
    const isPush = this.#isPush;
    this.#isPush = false;
    if (this.#pending === null) return;
    if (this.#isElsewhere()) {
      this.forget();
      return;
    }
    this.#written = this.#pending.search;
    this.#writtenAtMs = this.#bar.nowMs();
    this.#bar.write(searchText(new URLSearchParams(this.#pending.search)), isPush);
  }

  #isElsewhere(): boolean {
    return this.#pending?.pathname !== this.#bar.pathname() || sorted(this.#bar.search()) !== this.#written;
  }

  #set(pending: { pathname: string; search: string } | null): void {
    this.#pending = pending;
    for (const notify of this.#listeners) notify();
  }
}
