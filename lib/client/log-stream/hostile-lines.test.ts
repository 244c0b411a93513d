import { describe, expect, it } from "vitest";
import { computingMs } from "#lib/testing/computing-time.ts";
import { FORBIDDEN_IN_TERMINAL, HOSTILE_LINES, HUGE_LINES } from "#lib/testing/hostile-lines.ts";
import { parseAnsi, withoutEscapes } from "./ansi.ts";
import { literalRanges } from "./find.ts";
import { messageAsText, prettyJson, rowAsJson, rowAsShown, rowAsText, rowsAsFile } from "./line-text.ts";
import { wrappedLineCount } from "./row-layout.ts";
import type { LineRow } from "./rows.ts";
import { visiblePieces } from "./visible-text.ts";

const rowOf = (message: string): LineRow => ({
  kind: "line",
  n: 1,
  epoch: "e1",
  source: 0,
  entry: { timestamp: Date.UTC(2026, 0, 1), level: "info", message, seq: 1 },
});
const paintedPieces = (message: string) => parseAnsi(message).flatMap(({ text }) => visiblePieces(text));
/** A line that takes longer would stop the page for those who watch. */
const PAGE_STOPS_MS = 2_000;

describe("a line of a stranger", () => {
  it.each(HOSTILE_LINES)("is painted without anything that acts: $name", ({ text }) => {
    const pieces = paintedPieces(text);
    expect(pieces.map((piece) => piece.text).join("")).not.toMatch(FORBIDDEN_IN_TERMINAL);
    for (const { kind, text: address } of pieces) {
      if (kind === "link") expect(new URL(address).protocol).toMatch(/^https?:$/);
    }
  });

  it.each(HOSTILE_LINES)("is copied and saved as one entry that no terminal obeys: $name", ({ text }) => {
    const row = rowOf(text);
    expect(rowAsText(row)).not.toMatch(FORBIDDEN_IN_TERMINAL);
    expect(messageAsText(row)).not.toMatch(FORBIDDEN_IN_TERMINAL);
    expect(rowAsShown(row, { kind: "repeat", from: 0, to: 2, isOpen: false })).not.toMatch(
      FORBIDDEN_IN_TERMINAL,
    );
    const file = rowsAsFile([row, row], "text").split("\n").slice(0, -1);
    expect(file.filter((fileLine) => !fileLine.startsWith("    "))).toHaveLength(2);
    const json = rowAsJson(row);
    expect(json).not.toContain("\n");
    expect(JSON.parse(json).message).toBe(text);
  });

  it.each(HUGE_LINES)("does not stop the page: $name", ({ make }) => {
    const message = make();
    const tookMs = computingMs(() => {
      expect(withoutEscapes(message)).not.toContain("\u001b");
      wrappedLineCount(message, 80, 16);
      literalRanges(withoutEscapes(message), "needle");
      paintedPieces(message.slice(0, 10_240));
      prettyJson(message);
    });
    expect(tookMs).toBeLessThan(PAGE_STOPS_MS);
  });
});
