import { httpLimits } from "#lib/kernel/limits/http.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import type { FollowedList } from "./followed-list.ts";
import {
  gapQuery,
  type HistoryQuery,
  historyFailure,
  type LinePlace,
  olderQuery,
  placeText,
  readHistory,
} from "./history.ts";
import { fillGap, olderRows, prependOlder, type RowsEdit, type StoredLine, tellGap } from "./history-rows.ts";
import type { LineBuffer } from "./line-buffer.ts";
import type { GapRow, LineRow, LogRow } from "./rows.ts";
import type { SourceStream } from "./source-stream.ts";
import type { LinkedState, OlderState } from "./viewer-snapshot.ts";

/** Row numbers of a linked line's neighbours: below all that a stream ever gave out. */
const CONTEXT_FIRST_ROW = -1_000_000_000;

export interface HistoryReaderOptions {
  readonly source: SourceStream;
  readonly list: FollowedList;
  /** Where the lines of several streams are shown together. */
  readonly merged?: LineBuffer;
  /** Rows came, or something is to be told. */
  changed(): void;
}

/** Where loading older lines goes on. */
interface OlderPlace {
  readonly beforeN: number;
  readonly epoch: string;
  readonly seq: number;
  readonly query: HistoryQuery;
}

/** Brings stored lines into a viewer: in the place of gaps, above the oldest line, and around a linked line. */
export class HistoryReader {
  readonly #source: SourceStream;
  readonly #list: FollowedList;
  readonly #merged: LineBuffer | null;
  readonly #changed: () => void;
  #closing = new AbortController();
  #older: OlderState = { state: "ready" };
  #place: OlderPlace | null = null;
  #linked: LinkedState | null = null;
  #lit: LinePlace | null = null;
  #litIn: { readonly revision: number; readonly n: number | null } | null = null;
  #replayed: (() => void) | null = null;
  #isElsewhere = false;

  constructor({ source, list, merged, changed }: HistoryReaderOptions) {
    this.#source = source;
    this.#merged = merged ?? null;
    this.#list = list;
    this.#changed = changed;
  }

  /** Gives up what is under way. */
  stop(): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    if (this.#older.state === "loading") this.#older = { state: "ready" };
  }

  get older(): OlderState {
    return this.#source.facts.retentionDays === 0 ? { state: "none" } : this.#older;
  }

  /** True while lines are shown that the stream does not hold. */
  get isElsewhere(): boolean {
    return this.#isElsewhere;
  }

  get linked(): LinkedState | null {
    return this.#linked;
  }

  /** Row number of the line that is lit, where it is shown. */
  get lit(): number | null {
    const place = this.#lit;
    if (place === null) return null;
    const { view } = this.#list;
    if (this.#litIn?.revision !== view.revision) {
      this.#litIn = { revision: view.revision, n: rowNumberOf(view.all, place) };
    }
    return this.#litIn.n;
  }

  light(place: LinePlace | null): void {
    this.#lit = place;
    this.#litIn = null;
  }

  /** The list follows again, or holds other lines. */
  reset(): void {
    this.light(null);
    this.#linked = null;
    this.#isElsewhere = false;
    this.#place = null;
    if (this.#older.state !== "loading") this.#older = { state: "ready" };
  }

  /** To be called when frames were taken over. */
  advanced(): void {
    if (this.#source.hasReplayed) this.#replayed?.();
  }

  /** Loads the newest lines of a gap, as many as one step brings; says at the gap what came of it. */
  async loadGap(gap: GapRow): Promise<void> {
    if (gap.history?.state === "loading") return;
    const { environment, buffer, facts } = this.#source;
    const retentionDays = facts.retentionDays ?? 0;
    if (retentionDays === 0) return this.#apply(tellGap(gap, { state: "absent", message: NOT_STORED }));
    this.#apply(tellGap(gap, { state: "loading" }));
    try {
      const query = gapQuery(gap, environment.clock.nowMs(), retentionDays);
      const { lines, cursor } = await readHistory(environment.history, query, this.#bounds());
      const checkedFrom =
        cursor === null ? gap.from : Math.min(gap.to, ...lines.map(({ entry }) => entry.seq));
      const held = buffer.heldBetween(gap.epoch, gap.from, gap.to);
      this.#apply(fillGap(gap, { lines, checkedFrom }, (seq) => held.has(seq)));
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#apply(tellGap(gap, { state: "failed", message: historyFailure(error) }));
    }
  }

  /** Loads lines older than the oldest shown; the list should stand still. */
  async loadOlder(): Promise<void> {
    if (this.#older.state === "loading" || this.#older.state === "end" || this.older.state === "none") return;
    // What the stream will replay is not known before it was greeted.
    if (this.#source.epoch === null && !this.#isElsewhere) return;
    const { oldest } = this.#source.buffer;
    if (!this.#isElsewhere && oldest?.kind === "gap" && oldest.history?.state !== "absent") {
      return this.loadGap(oldest);
    }
    const place = this.#olderPlace();
    this.#older = { state: "loading" };
    this.#changed();
    try {
      const { lines, cursor } = await readHistory(
        this.#source.environment.history,
        place.query,
        this.#bounds(),
        ({ epoch, entry }) => epoch !== place.epoch || entry.seq < place.seq,
      );
      this.#older = cursor === null ? { state: "end" } : { state: "ready" };
      this.#prepend(lines, place, cursor === null ? place.query : { ...place.query, cursor });
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#older = { state: "failed", message: historyFailure(error) };
    }
    this.#changed();
  }

  /** Shows a linked line among its neighbours: in the stream's own lines if it is there, else from history. */
  async openLine(place: LinePlace): Promise<void> {
    this.#linked = { place, state: "loading" };
    this.#changed();
    const { environment, buffer } = this.#source;
    const { signal } = this.#closing;
    const { contextLines } = viewerLimits;
    const asked = environment.history
      .context({ line: placeText(place), before: contextLines, after: contextLines }, signal)
      .then(
        (context) => ({ context, failure: null }),
        (error: unknown) => ({ context: null, failure: historyFailure(error) }),
      );
    await this.#replay();
    if (signal.aborted) return;
    this.light(place);
    if (buffer.lineAt(place.epoch, place.seq) !== null) {
      this.#list.pause("linked");
      this.#linked = { place, state: "shown" };
      this.#changed();
      return;
    }
    const { context, failure } = await asked;
    if (signal.aborted) return;
    if (context === null) this.#linked = { place, state: "failed", message: failure };
    else if (context.target === null) this.#linked = { place, state: "missing" };
    else {
      this.#showContext(
        context.data.map(({ id: _id, version: _version, epoch, ...entry }) => ({ epoch, entry })),
      );
      this.#linked = { place, state: "shown" };
    }
    this.#changed();
  }

  /** Resolves when the server's ring was replayed, or after as long as that may take. */
  #replay(): Promise<void> {
    if (this.#source.hasReplayed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#source.environment.after(viewerLimits.linkedLineWaitMs, () => this.#replayed?.());
      this.#replayed = () => {
        this.#replayed = null;
        cancel();
        resolve();
      };
    });
  }

  #showContext(lines: readonly StoredLine[]): void {
    const rows: LogRow[] = olderRows(lines, {
      beforeN: CONTEXT_FIRST_ROW,
      source: 0,
      nextEpoch: lines[lines.length - 1]?.epoch ?? "",
    });
    rows.push({ kind: "mark", n: CONTEXT_FIRST_ROW, mark: "newer", count: 0 });
    this.#isElsewhere = true;
    this.#list.showOnly(rows, "linked");
    this.#place = placeBefore(rows, (line) => this.#queryBefore(line.entry.timestamp));
    this.#older = { state: "ready" };
  }

  #olderPlace(): OlderPlace {
    const { buffer, environment } = this.#source;
    const { frozenRows } = this.#list;
    const isInFrozen = this.#place !== null && frozenRows?.some((row) => row.n === this.#place?.beforeN);
    if (this.#place !== null && (isInFrozen || buffer.oldest?.n === this.#place.beforeN)) return this.#place;
    const line = buffer.oldestLine;
    const { oldest } = buffer;
    if (oldest?.kind === "gap" && line !== null) {
      const { n: beforeN, epoch, from: seq } = oldest;
      return { beforeN, epoch, seq, query: this.#queryBefore(line.entry.timestamp) };
    }
    return line === null
      ? {
          beforeN: buffer.oldest?.n ?? buffer.nextRow,
          epoch: this.#source.epoch ?? "",
          seq: this.#source.lastSeq + 1,
          query: this.#queryBefore(environment.clock.nowMs()),
        }
      : {
          beforeN: oldest?.n ?? line.n,
          epoch: line.epoch,
          seq: line.entry.seq,
          query: this.#queryBefore(line.entry.timestamp),
        };
  }

  #prepend(lines: readonly StoredLine[], place: OlderPlace, next: HistoryQuery): void {
    const { buffer } = this.#source;
    const older = olderRows(lines, {
      beforeN: place.beforeN,
      source: 0,
      nextEpoch: buffer.size === 0 ? (lines[lines.length - 1]?.epoch ?? "") : place.epoch,
    });
    if (older.length === 0) return;
    const isNext = buffer.size === 0 || buffer.oldest?.n === place.beforeN;
    const room = Math.max(0, buffer.capacity - buffer.size);
    if (isNext && older.length <= room) {
      const loaded = new Set(lines.map(({ epoch, entry }) => `${epoch} ${entry.seq}`));
      buffer.forgetKept((row) => loaded.has(`${row.epoch} ${row.entry.seq}`), lines.length);
      buffer.edit(prependOlder(older, place.beforeN));
    }
    this.#list.edit(prependOlder(older, place.beforeN), (row) => buffer.shows(row));
    this.#place = placeBefore(older, () => next);
  }

  #queryBefore(timestampMs: number): HistoryQuery {
    const { environment, facts } = this.#source;
    return olderQuery(timestampMs, environment.clock.nowMs(), facts.retentionDays ?? KEPT_DAYS_MAX);
  }

  #apply(edit: RowsEdit): void {
    const { buffer } = this.#source;
    const shows = (row: LogRow): boolean => buffer.shows(row);
    buffer.edit(edit);
    this.#merged?.edit((rows) => edit(rows).filter(shows));
    this.#list.edit(edit, shows);
    this.#changed();
  }

  #bounds(): { linesMax: number; pageSize: number; signal: AbortSignal } {
    return {
      linesMax: viewerLimits.historyLinesPerLoadMax,
      pageSize: httpLimits.pageSizeMax,
      signal: this.#closing.signal,
    };
  }
}

/** How far back is looked while the stream has not said how long lines are kept. */
const KEPT_DAYS_MAX = 90;
const NOT_STORED = "its lines are not stored";

/** Where older lines than the first of `rows` begin. */
function placeBefore(
  rows: readonly LogRow[],
  queryBefore: (line: LineRow) => HistoryQuery,
): OlderPlace | null {
  const line = rows.find((row): row is LineRow => row.kind === "line");
  const beforeN = rows[0]?.n;
  if (line === undefined || beforeN === undefined) return null;
  const { epoch, entry } = line;
  return { beforeN, epoch, seq: entry.seq, query: queryBefore(line) };
}

function rowNumberOf(
  rows: { readonly count: number; rowAt(index: number): LogRow | undefined },
  place: LinePlace,
): number | null {
  for (let index = rows.count - 1; index >= 0; index--) {
    const row = rows.rowAt(index);
    if (row?.kind === "line" && row.entry.seq === place.seq && row.epoch === place.epoch) return row.n;
  }
  return null;
}
