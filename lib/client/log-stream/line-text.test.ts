import { describe, expect, it } from "vitest";
import {
  prettyJson,
  remarkText,
  rowAsJson,
  rowAsShown,
  rowAsText,
  rowsAsFile,
  timeOfDay,
} from "./line-text.ts";
import type { GapRow, LineRow } from "./rows.ts";

const line = (message: string): LineRow => ({
  kind: "line",
  n: 1,
  epoch: "e1",
  source: 0,
  entry: {
    timestamp: Date.UTC(2026, 10, 20, 14, 3, 7, 9),
    level: "warn",
    message,
    seq: 4,
    requestId: "req_1",
  },
});
const gap: GapRow = {
  kind: "gap",
  n: 2,
  epoch: "e1",
  source: 0,
  from: 9,
  to: 9,
  count: 1,
  byLevel: {},
  reason: "slow_viewer",
  afterMs: null,
  untilMs: null,
};

describe("a row as text", () => {
  it("says when, how bad, which request and what", () => {
    expect(rowAsText(line("hello"))).toBe("2026-11-20T14:03:07.009Z WARN  req_1 hello");
  });

  it("never lets one message pass for two entries, nor reach a terminal with control characters", () => {
    const text = rowAsText(line("a\n2026-11-20T14:03:07.009Z ERROR req_1 forged\u001b[2J\u0007"));
    expect(text.split("\n")[1]).toMatch(/^ {4}2026/);
    expect(text).not.toContain("\u001b");
    expect(text).toContain("^G");
  });

  it("says which server wrote it when several are watched together", () => {
    const row = { ...line("hello"), source: 1 };
    expect(rowAsText(row, ["one", "two\u001b[2J"])).toBe("2026-11-20T14:03:07.009Z WARN  req_1 two hello");
    expect(JSON.parse(rowAsJson(row, ["one", "two"]))).toMatchObject({ server: "two" });
    expect(rowAsJson(row)).not.toContain("server");
  });

  it("as it stands says how many lines it stands for", () => {
    const shown = (kind: "repeat" | "stack", isOpen: boolean): string =>
      rowAsShown(line("tick"), { kind, from: 2, to: 6, isOpen }).replace(/^\S+/, "at");
    expect(shown("repeat", false)).toBe("at W \u00d74 tick");
    expect(shown("stack", false)).toBe("at W tick [+3 folded]");
    expect(shown("stack", true)).toBe("at W tick");
  });

  it("counts what is missing in words", () => {
    expect(remarkText(gap)).toBe("1 line not sent, this connection was too slow");
    expect(remarkText({ ...gap, count: 1_204 })).toMatch(/^1,204 lines /);
    expect(remarkText({ ...gap, count: null, reason: "epoch_changed" })).toMatch(
      /^An unknown number of lines/,
    );
  });

  it("is one JSON object per line in a file", () => {
    const [first, second, end] = rowsAsFile([line("a\nb"), gap], "ndjson").split("\n");
    expect(JSON.parse(first ?? "")).toMatchObject({ message: "a\nb", level: "warn", seq: 4 });
    expect(JSON.parse(second ?? "")).toMatchObject({ type: "gap", count: 1 });
    expect(end).toBe("");
    expect(JSON.parse(rowAsJson(line("x")))).toMatchObject({ time: "2026-11-20T14:03:07.009Z" });
  });
});

describe("the time of a line", () => {
  it("is local, with milliseconds, and absent before the runtime had a clock", () => {
    const at = new Date(2026, 10, 20, 4, 3, 7, 9);
    expect(timeOfDay(at.getTime())).toBe("04:03:07.009");
    expect(timeOfDay(0)).toBe("--:--:--.---");
  });
});

describe("JSON in a message", () => {
  it.each([
    ['{"a":[1]}', ""],
    ['[INFO] params {"a":[1]}', "[INFO] params "],
    ["[1,2]", ""],
  ])("is found in %s", (message, before) => {
    expect(prettyJson(message)).toMatchObject({ before });
  });

  it.each(["plain", "{broken", "[INFO] nothing", "12", '"text"', ""])("is not found in %s", (message) => {
    expect(prettyJson(message)).toBeNull();
  });
});
