import type { LogEntry } from "#lib/contract/log-stream.ts";
import { entryMatcher } from "./filter.ts";
import type { GapHistory, GapRow, LineRow, LogRow, MarkRow } from "./rows.ts";

/** A line from history: where it belongs, and the line. */
export interface StoredLine {
  readonly epoch: string;
  readonly entry: LogEntry;
}

/** Changes a list of rows whose numbers increase; gives the same list back when there is nothing to change. */
export type RowsEdit = (rows: readonly LogRow[]) => readonly LogRow[];

/** What came of asking the history about a gap. */
export interface GapAnswer {
  /** Lines of the gap, oldest first: everything that is stored from `checkedFrom` to the gap's end. */
  readonly lines: readonly StoredLine[];
  /** Everything of the gap from this sequence number on was looked at. */
  readonly checkedFrom: number;
}

/**
 * Puts stored lines in the place of a gap. The gap's numbers are kept free for its lines, so each gets the one that its
 * sequence number asks for; lines that are there already stay the only ones. What was not looked at yet stays a gap
 * before them; when all was, what is left is said to be absent. `isHeld` knows the lines that were never missing.
 */
export function fillGap(
  gap: GapRow,
  { lines, checkedFrom }: GapAnswer,
  isHeld: (seq: number) => boolean,
): RowsEdit {
  const wants = gap.counted === undefined ? () => true : entryMatcher(gap.counted);
  const filled = lines.filter(({ entry }) => !isHeld(entry.seq) && wants(entry)).length;
  return (rows) => {
    const found = rows.find((row): row is GapRow => isSameGap(row, gap));
    if (found === undefined) return rows;
    const numberOf = (seq: number): number => found.n + 1 + (seq - found.from);
    const isInside = (row: LogRow): row is LineRow =>
      row.kind === "line" &&
      row.source === gap.source &&
      row.epoch === gap.epoch &&
      row.entry.seq >= checkedFrom &&
      row.entry.seq <= gap.to;
    const held = new Map<number, LineRow>();
    for (const row of rows) if (isInside(row)) held.set(row.entry.seq, row);
    for (const { epoch, entry } of lines) {
      if (held.has(entry.seq)) continue;
      held.set(entry.seq, { kind: "line", n: 0, entry, epoch, source: gap.source });
    }
    const between = [...held.values()]
      .sort((a, b) => a.entry.seq - b.entry.seq)
      .map((row): LogRow => ({ ...row, n: numberOf(row.entry.seq) }));
    const rest = remainder(found, filled, checkedFrom);
    const marks = rest.length > 0 ? [] : renumberedAfter(found, checkedFrom);
    const others = rows.filter((row) => !isInside(row) && row !== found);
    const before = others.findIndex((row) => row.n > found.n);
    const cut = before === -1 ? others.length : before;
    return [...others.slice(0, cut), ...rest, ...between, ...marks, ...others.slice(cut)];
  };
}

/** What stays of a gap after `filled` of its lines came; nothing when all did. */
function remainder(gap: GapRow, filled: number, checkedFrom: number): GapRow[] {
  const isDone = checkedFrom <= gap.from;
  const count = gap.count === null ? null : Math.max(0, gap.count - filled);
  if (count === 0 || (count === null && isDone && filled > 0)) return [];
  const { history: _asked, ...rest } = gap;
  const row: GapRow = { ...rest, count, byLevel: filled > 0 ? {} : gap.byLevel };
  if (isDone) return [{ ...row, history: { state: "absent" } }];
  return [{ ...row, to: Math.max(gap.from, checkedFrom - 1) }];
}

/** Behind the lines that a restarted stream still wrote, the numbers begin anew. */
const renumberedAfter = (gap: GapRow, checkedFrom: number): MarkRow[] =>
  gap.reason === "epoch_changed" && checkedFrom <= gap.from
    ? [{ kind: "mark", n: gap.n + 2 + (gap.to - gap.from), mark: "renumbered", count: 0 }]
    : [];

/** Says at a gap what came of asking for it. */
export const tellGap =
  (gap: GapRow, history: GapHistory): RowsEdit =>
  (rows) =>
    rows.map((row) => (isSameGap(row, gap) ? { ...row, history } : row));

/** Row numbers differ between lists; where a gap begins never changes. */
const isSameGap = (row: LogRow, gap: GapRow): row is GapRow =>
  row.kind === "gap" &&
  row.source === gap.source &&
  row.epoch === gap.epoch &&
  row.from === gap.from &&
  row.reason === gap.reason;

/** Rows for lines older than row number `beforeN`, with a mark where the log of a server began to count anew. */
export function olderRows(
  lines: readonly StoredLine[],
  { beforeN, source, nextEpoch }: { beforeN: number; source: number; nextEpoch: string },
): LogRow[] {
  const rows: LogRow[] = [];
  const seen = new Set([nextEpoch]);
  let n = beforeN - 1;
  for (const { epoch, entry } of [...lines].reverse()) {
    if (!seen.has(epoch)) {
      seen.add(epoch);
      rows.push({ kind: "mark", n: n--, mark: "renumbered", count: 0 } satisfies MarkRow);
    }
    rows.push({ kind: "line", n: n--, entry, epoch, source });
  }
  return rows.reverse();
}

/** Puts older rows before the row they were loaded for, in the place of those that outlived the buffer among them. */
export function prependOlder(older: readonly LogRow[], beforeN: number): RowsEdit {
  const known = new Set(older.map((row) => (row.kind === "line" ? `${row.epoch} ${row.entry.seq}` : "")));
  const isKnown = (row: LogRow): boolean =>
    row.kind === "line" ? known.has(`${row.epoch} ${row.entry.seq}`) : row.n >= (older[0]?.n ?? beforeN);
  return (rows) => {
    const at = rows.findIndex((row) => row.n >= beforeN);
    const cut = at === -1 ? rows.length : at;
    return [...rows.slice(0, cut).filter((row) => !isKnown(row)), ...older, ...rows.slice(cut)];
  };
}
