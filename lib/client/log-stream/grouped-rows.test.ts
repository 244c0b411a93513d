import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LOG_LEVELS } from "#lib/contract/log-stream.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { type Folding, NO_FOLDING } from "./folding.ts";
import { FollowedList } from "./followed-list.ts";
import { LineBuffer } from "./line-buffer.ts";
import { indexShowing, type RowsView, rowsOfGroup } from "./painted-rows.ts";
import type { LogRow } from "./rows.ts";

const FOLDING: Folding = { stacks: true, repeats: true };

type Line = { level?: (typeof LOG_LEVELS)[number]; message: string; requestId?: string; afterMs?: number };

/** A list over a small ring, and a way to write into it. */
function listOf(folding: Folding, ringLinesMax = 100, errorRingLinesMax = 3) {
  const buffer = new LineBuffer({ ringLinesMax, errorRingLinesMax, source: 0 });
  const list = new FollowedList(buffer, fakeClock());
  buffer.listen({
    added: (row) => list.added(row),
    removed: (row) => list.removed(row),
    rebuilt: () => list.rebuilt(),
  });
  list.fold(folding);
  let seq = 0;
  let timestamp = 1_000;
  const write = (...lines: Line[]): void => {
    for (const { level = "info", message, requestId, afterMs = 1 } of lines) {
      timestamp += afterMs;
      seq++;
      const entry = { timestamp, level, message, seq, ...(requestId ? { requestId } : {}) };
      buffer.append({ kind: "lines", epoch: "e1", entries: [entry], to: seq });
    }
  };
  return { buffer, list, write };
}

const allRows = ({ all }: RowsView): LogRow[] =>
  Array.from({ length: all.count }, (_, index) => all.rowAt(index) as LogRow);

/** The list as text: the message of each painted row, with what it stands for. */
const painted = (view: RowsView): string[] =>
  Array.from({ length: view.count }, (_, index) => {
    const row = view.rowAt(index);
    const { kind, from, to, isOpen } = view.groupAt(index);
    const message =
      row?.kind === "line" ? row.entry.message : `(${row?.kind} ${row && "count" in row ? row.count : ""})`;
    if (kind === "single") return message;
    return kind === "member" ? `| ${message}` : `${kind}${isOpen ? " open" : ""} ${to - from}: ${message}`;
  });

const STACK: Line[] = [
  { level: "error", message: "Error: no" },
  { level: "error", message: "    at a (x.js:1)" },
  { level: "error", message: "at b" },
  { level: "error", message: "Caused by: c" },
  { level: "error", message: "\u001b[31m\tat d" },
];

describe("lines that are painted as one row", () => {
  it("are a head and what continues it, and the same line again and again", () => {
    const { list, write } = listOf(FOLDING);
    write(
      { message: "start" },
      ...STACK,
      { message: "tick" },
      { message: "tick" },
      { message: "tick" },
      { message: "end" },
    );
    expect(painted(list.view)).toEqual(["start", "stack 5: Error: no", "repeat 3: tick", "end"]);
  });

  it.each<[string, Line[]]>([
    [
      "another request",
      [
        { message: "a", requestId: "1" },
        { message: " b", requestId: "2" },
      ],
    ],
    [
      "later than it could belong",
      [{ message: "a" }, { message: " b", afterMs: viewerLimits.foldWithinMs + 1 }],
    ],
    ["worse than its head", [{ message: "a" }, { message: " b", level: "error" }]],
    ["behind a line that continues something itself", [{ message: " a" }, { message: " b" }]],
    ["the same text at another level", [{ message: "a" }, { message: "a", level: "warn" }]],
    ["the same text, but not next to it", [{ message: "a" }, { message: "b" }, { message: "a" }]],
  ])("are not those that are %s", (_name, lines) => {
    const { list, write } = listOf(FOLDING);
    write(...lines);
    expect(painted(list.view)).toEqual(lines.map(({ message }) => message));
  });

  it("are never across a gap", () => {
    const { buffer, list, write } = listOf(FOLDING);
    write({ message: "a" });
    buffer.append({ kind: "gap", epoch: "e1", from: 2, to: 3, count: 2, byLevel: {}, reason: "slow_viewer" });
    write({ message: "a" });
    expect(painted(list.view)).toEqual(["a", "(gap 2)", "a"]);
  });

  it("are bounded in a stack", () => {
    const { list, write } = listOf(FOLDING, 5_000);
    write(
      { message: "head" },
      ...Array.from({ length: viewerLimits.foldedLinesMax }, () => ({ message: " x", afterMs: 0 })),
    );
    expect(painted(list.view)).toEqual([`stack ${viewerLimits.foldedLinesMax}: head`, " x"]);
  });

  it("open and close while the list stands still, and every one is found", () => {
    const { list, write } = listOf(FOLDING);
    write({ message: "start" }, ...STACK, { message: "end" });
    list.pause("opened");
    expect(list.setOpen(3, true)).toBe(true);
    expect(painted(list.view)).toEqual([
      "start",
      "stack open 5: Error: no",
      "|     at a (x.js:1)",
      "| at b",
      "| Caused by: c",
      "| \u001b[31m\tat d",
      "end",
    ]);
    expect(indexShowing(list.view, 3)).toBe(3);
    expect(list.headOf(3)).toBe(1);
    expect(list.setOpen(4, false)).toBe(true);
    expect(painted(list.view)).toEqual(["start", "stack 5: Error: no", "end"]);
    expect(indexShowing(list.view, 3)).toBe(1);
    expect(list.headOf(0)).toBeNull();
    expect(list.setOpen(0, true)).toBe(false);
  });

  it("can be told apart again while the list stands still, without a line more or less", () => {
    const { list, write } = listOf(FOLDING);
    write(...STACK, { message: "tick" }, { message: "tick" });
    list.pause("asked");
    const before = allRows(list.view);
    write({ message: "tick" });
    list.fold({ stacks: false, repeats: true });
    expect(painted(list.view).slice(-2)).toEqual([STACK[4]?.message, "repeat 2: tick"]);
    list.fold(NO_FOLDING);
    expect(painted(list.view)).toHaveLength(7);
    expect(allRows(list.view)).toEqual(before);
    expect(list.paused?.newLines).toBe(1);
  });
});

describe("lines that left the ring", () => {
  it("are counted where they stood, between the errors that were kept", () => {
    const { list, write } = listOf(FOLDING, 3);
    for (const message of ["1", "bad 1", "2", "3", "bad 2", "4", "5", "6", "7"]) {
      write({ message, level: message.startsWith("bad") ? "error" : "info" });
    }
    expect(painted(list.view)).toEqual(["(mark 1)", "bad 1", "(mark 2)", "bad 2", "(mark 1)", "5", "6", "7"]);
  });

  it("are counted together when the errors between them are gone too, or hidden", () => {
    const { buffer, list, write } = listOf(FOLDING, 1, 1);
    for (const message of ["1", "bad 1", "2", "bad 2", "3", "4"]) {
      write({ message, level: message.startsWith("bad") ? "error" : "info" });
    }
    expect(painted(list.view)).toEqual(["(mark 3)", "bad 2", "(mark 1)", "4"]);
    buffer.setFilter({ text: "4" });
    expect(painted(list.view)).toEqual(["(mark 4)", "4"]);
  });

  it("are not counted twice when a wider filter has the server send them again or declare them missing", () => {
    const { buffer, list, write } = listOf(NO_FOLDING, 3, 2);
    write({ message: "1" }, { message: "2" });
    buffer.setFilter({ level: "warn" });
    expect(buffer.restart(2)).toBe(2);
    for (let seq = 3; seq <= 9; seq++) write({ message: `${seq}`, level: seq === 5 ? "error" : "warn" });
    buffer.setFilter({});
    expect(painted(list.view)).toEqual(["(mark 4)", "5", "(mark 1)", "7", "8", "9"]);
    expect(buffer.restart(9)).toBe(2);
    expect(painted(list.view)).toEqual(["(mark 2)"]);
    // The server holds 7 to 9; line 5 was kept here.
    buffer.append({
      kind: "gap",
      epoch: "e1",
      from: 3,
      to: 6,
      count: 4,
      byLevel: {},
      reason: "no_longer_buffered",
    });
    expect(painted(list.view)).toEqual(["(mark 2)", "(gap 3)", "5"]);
  });

  it("take nothing from a group that remains but themselves", () => {
    const { list, write } = listOf(FOLDING, 4);
    write({ message: "tick" }, { message: "tick" }, { message: "tick" }, { message: "a" }, { message: "b" });
    expect(painted(list.view)).toEqual(["(mark 1)", "repeat 2: tick", "a", "b"]);
    write({ message: "c" });
    expect(painted(list.view)).toEqual(["(mark 2)", "tick", "a", "b", "c"]);
  });
});

describe("whatever is written, folded, opened or pushed out", () => {
  const message = fc.constantFrom("a", "b", " at x", "at y", "Caused by z", "tick", "tick");
  const step = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant("write" as const),
        line: fc.record({
          message,
          level: fc.constantFrom(...LOG_LEVELS),
          requestId: fc.constantFrom("r1", "r2"),
          afterMs: fc.constantFrom(0, 10, 60),
        }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("gap" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("pause" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("resume" as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("fold" as const),
        folding: fc.record({ stacks: fc.boolean(), repeats: fc.boolean() }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("open" as const), n: fc.nat(60), isOpen: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("filter" as const), text: fc.constantFrom("", "t", "a") }),
    },
  );

  it("every line is shown or stood for exactly once, in order, and the counts and heights are exact", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (steps, ring) => {
        const { buffer, list, write } = listOf(FOLDING, ring, 2);
        const heightOf = (row: LogRow, isGrouped: boolean): number => 20 + (row.n % 3) + (isGrouped ? 7 : 0);
        list.measure(heightOf);
        let arrived = 0;
        for (const action of steps) {
          const before = list.view.isFrozen ? painted(list.view) : null;
          if (action.do === "write") {
            write(action.line);
            const { text } = buffer.filter;
            if (list.paused && (!text || action.line.message.includes(text))) arrived++;
          } else if (action.do === "gap") {
            buffer.append({
              kind: "gap",
              epoch: "e1",
              from: 1,
              to: 1,
              count: 1,
              byLevel: {},
              reason: "slow_viewer",
            });
          } else if (action.do === "pause") {
            if (list.pause("asked")) arrived = 0;
          } else if (action.do === "resume") list.resume();
          else if (action.do === "fold") list.fold(action.folding);
          else if (action.do === "open") list.setOpen(action.n, action.isOpen);
          else {
            list.resume();
            buffer.setFilter(action.text ? { text: action.text } : {});
          }
          const { view } = list;
          if (before && list.paused && (action.do === "write" || action.do === "gap")) {
            expect(painted(view)).toEqual(before);
          }
          expect(list.paused?.newLines ?? 0).toBe(list.paused ? arrived : 0);
          expectExact(view);
          if (!view.isFrozen) {
            expect(allRows(view)).toEqual(buffer.shownRows());
            const heights = Array.from({ length: view.count }, (_, index) =>
              heightOf(view.rowAt(index) as LogRow, view.groupAt(index).kind !== "single"),
            );
            expect(list.heightPx).toBe(heights.reduce((sum, height) => sum + height, 0));
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** The groups are the rows, cut into runs; an open group's members follow it. */
function expectExact(view: RowsView): void {
  const rows = allRows(view);
  const numbers = rows.map((row) => row.n);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  const reached: LogRow[] = [];
  for (let index = 0; index < view.count; index++) {
    const { isOpen, kind } = view.groupAt(index);
    const stoodFor = rowsOfGroup(view, index);
    expect(stoodFor[0]).toBe(view.rowAt(index));
    expect(stoodFor.length > 1).toBe(kind === "stack" || kind === "repeat");
    if (isOpen) expect(view.groupAt(index + 1).kind).toBe("member");
    reached.push(...(isOpen ? stoodFor.slice(0, 1) : stoodFor));
  }
  expect(reached).toEqual(rows);
  for (const row of rows) {
    const shown = view.rowAt(indexShowing(view, row.n));
    expect(shown !== undefined && shown.n <= row.n).toBe(true);
  }
}
