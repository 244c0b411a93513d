import { describe, expect, test } from "vitest";
import type { LogEntry, ServerFrame } from "#lib/contract/index.ts";
import { LOG_STREAM_CLOSE } from "#lib/contract/index.ts";
import { ERROR_CODES } from "#lib/kernel/errors.ts";
import { plainLine, plainText, terminalJson } from "#lib/kernel/terminal-text.ts";
import { normalizeApiUrl } from "./api-client.ts";
import { COMMANDS } from "./command-table.ts";
import { entryFilter } from "./commands/logs-stream.ts";
import { EXIT, exitCodeOf, nextStepOf } from "./exit-code.ts";
import { helpOf, overviewOf } from "./help.ts";
import { clockTime, entryText, gapText } from "./log-line-text.ts";
import { createReader, type Gap } from "./log-stream-client.ts";
import { facts, table } from "./output.ts";
import { parseCommand } from "./parse-command.ts";
import { toYaml } from "./yaml.ts";

describe("exit codes", () => {
  test("every error code has an exit code that is not success, and says what to do next", () => {
    for (const code of ERROR_CODES) {
      expect(exitCodeOf(code, 500)).toBeGreaterThan(0);
      expect(nextStepOf(code)).not.toBe("");
    }
  });

  test("a code of a newer server goes by its status", () => {
    const statuses = [401, 403, 404, 409, 412, 402, 413, 429, 408, 504, 400, 422, 500, 418];
    expect(statuses.map((status) => exitCodeOf("brand_new", status))).toEqual([
      4, 5, 5, 6, 6, 7, 7, 7, 8, 8, 2, 2, 1, 1,
    ]);
    expect(exitCodeOf("constructor", 404)).toBe(EXIT.notFound);
  });
});

describe("the command line", () => {
  const runOf = (...argv: string[]) => {
    const parsed = parseCommand(argv);
    if (parsed.kind !== "run") throw new Error(`not run but ${parsed.kind}`);
    return { path: parsed.spec.path.join(" "), args: parsed.args, options: { ...parsed.options } };
  };
  const refusalOf = (...argv: string[]) => {
    try {
      parseCommand(argv);
    } catch (error) {
      return error;
    }
    throw new Error("it was accepted");
  };

  test("flags may stand anywhere, and --no-follow is the opposite of --follow", () => {
    expect(runOf("smoke", "tools-list", "support-api", "--json")).toEqual({
      path: "smoke tools-list",
      args: { server: "support-api" },
      options: { json: true },
    });
    expect(runOf("--org", "acme", "-o", "yaml", "servers", "list").options).toEqual({
      org: "acme",
      output: "yaml",
    });
    expect(runOf("logs", "stream", "a", "--no-follow", "--level=warn").options).toEqual({
      follow: false,
      level: "warn",
    });
  });

  test.each([
    [["nonsense"], /no command "nonsense"/],
    [["servers", "explode"], /no command "servers explode"/],
    [["servers", "get"], /needs <server>/],
    [["servers", "get", "a", "b"], /"b" is one argument too many/],
    [["servers", "list", "--nope"], /Unknown option '--nope'/],
    [["servers", "list", "--level", "warn"], /Unknown option '--level'/],
    [["servers", "list", "--org"], /argument missing/],
    [["servers", "list", "--output", "xml"], /--output must be one of table, json, yaml/],
    [["logs", "stream", "a", "--level", "loud"], /--level must be one of/],
  ])("%j is a usage error that says why", (argv, message) => {
    expect(refusalOf(...argv)).toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringMatching(message),
    });
  });

  test("help exists for everything, and nothing is loaded for it", () => {
    expect(parseCommand([])).toMatchObject({ kind: "overview", prefix: [] });
    expect(parseCommand(["--help"])).toMatchObject({ kind: "overview" });
    expect(parseCommand(["servers"])).toMatchObject({ kind: "overview", prefix: ["servers"] });
    for (const spec of COMMANDS) {
      expect(parseCommand([...spec.path, "-h"])).toMatchObject({ kind: "help", spec });
      expect(helpOf(spec)).toContain(spec.summary);
      expect(overviewOf()).toContain(spec.path.join(" "));
    }
  });
});

describe("what reaches the terminal", () => {
  test("escape sequences and direction marks of strangers never do", () => {
    expect(plainText("\u001b[31mred\u001b[0m")).toBe("red");
    expect(plainText("\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\b")).toBe("ab");
    expect(plainText("\u009b2Ja\u009d0;t\u009cb")).toBe("ab");
    expect(plainText("a\u001bcb\u0000\u0008\u007f")).toBe("ab");
    expect(plainText("a\rb\r\nc\td")).toBe("ab\nc\td");
    expect(plainText("x\u202eevil\u2066")).toBe("xevil");
    expect(plainText("emoji 😀 é ok")).toBe("emoji 😀 é ok");
    expect(plainLine("a\nb\tc")).toBe("a b c");
  });

  test("JSON stays JSON, and holds no control character", () => {
    const value = { text: "\u001b[31m\u009b2J\u007f", ok: true };
    for (const character of "\u001b\u009b\u007f") expect(terminalJson(value)).not.toContain(character);
    expect(JSON.parse(terminalJson(value))).toEqual(value);
  });

  test("a name that is too long to be one is clipped, so that the column after it stays in sight", () => {
    const [, row = ""] = table(["TOOL", "WHAT"], [["n".repeat(10_240), "x".repeat(300)]], "").split("\n");
    expect(row).toBe(`${"n".repeat(159)}…  ${"x".repeat(300)}`);
  });

  test("tables line up, and cells cannot break out of their row", () => {
    expect(
      table(
        ["A", "LONG"],
        [
          ["x\nspoofed", null],
          ["\u001b[2Jyy", 7],
        ],
        "none",
      ),
    ).toBe("A          LONG\nx spoofed  –\nyy         7\n");
    expect(table(["A"], [], "Nothing here.")).toBe("Nothing here.\n");
    expect(
      facts([
        ["Id", "1"],
        ["Longer", undefined],
      ]),
    ).toBe("Id      1\nLonger  –\n");
  });

  test("YAML quotes every string, so that none turns into another type", () => {
    expect(
      toYaml({ a: "no", n: 1, none: null, list: [{ x: "1.0", y: [] }, "-"], empty: {}, "odd key": true }),
    ).toBe(
      'a: "no"\nn: 1\nnone: null\nlist:\n  - x: "1.0"\n    y: []\n  - "-"\nempty: {}\n"odd key": true\n',
    );
    expect(toYaml([])).toBe("[]\n");
    expect(toYaml([[1, 2]])).toBe("- - 1\n  - 2\n");
  });

  test("a log line shows time, level and message; further lines are indented", () => {
    const entry: LogEntry = { timestamp: 0, level: "warn", message: "\u001b[5mone\ntwo", seq: 1 };
    expect(entryText(entry, false)).toBe(`${clockTime(0)}  WARN  one\n${" ".repeat(20)}two\n`);
    expect(entryText(entry, true)).toContain("\u001b[33mWARN ");
    expect(entryText({ ...entry, truncated: true, bytes: 99 }, false)).toMatch(/cut from 99 bytes/);
    expect(gapText({ count: 1, reason: "r" })).toContain("1 line is missing: r");
  });

  test("filters take the level and worse, and text in any case", () => {
    const entry = (level: LogEntry["level"], message: string) => ({ timestamp: 0, level, message, seq: 1 });
    const worse = entryFilter({ level: "warn" });
    expect([worse(entry("info", "")), worse(entry("warn", "")), worse(entry("error", ""))]).toEqual([
      false,
      true,
      true,
    ]);
    expect(entryFilter({ text: "TICKET" })(entry("debug", "a ticket"))).toBe(true);
  });
});

test("an API URL is the same with a slash, with the API's path, and never holds credentials", () => {
  for (const text of ["https://x.example", "https://x.example/", "https://x.example/api/v1/"])
    expect(normalizeApiUrl(text)).toBe("https://x.example");
  expect(normalizeApiUrl("http://127.0.0.1:3000/stack/")).toBe("http://127.0.0.1:3000/stack");
  for (const text of ["x.example", "ftp://x.example", "https://a:b@x.example"])
    expect(() => normalizeApiUrl(text)).toThrow();
});

describe("the log stream reader", () => {
  const entries = (from: number, to: number): LogEntry[] =>
    Array.from({ length: to - from + 1 }, (_, index) => ({
      timestamp: 0,
      level: "info",
      message: String(from + index),
      seq: from + index,
    }));
  const hello = (epoch: string, head: number, tail = 1): ServerFrame => ({
    type: "hello",
    server: { id: "srv_1", slug: "s", name: "S" },
    epoch,
    head,
    tail,
    viewers: 1,
    viewersMax: 10,
    retention: 0,
  });
  const logs = (epoch: string, from: number, to: number): ServerFrame => ({
    type: "logs",
    epoch,
    from,
    to,
    filterRev: 0,
    entries: entries(from, to),
  });

  function reading(start: { epoch: string; seq: number } | null, { tail = 5, follow = true } = {}) {
    const seen = {
      seqs: [] as number[],
      gaps: [] as Gap[],
      resumes: [] as object[],
      filters: [] as object[],
      ended: false,
    };
    let position = start;
    const read = createReader(
      {
        tail,
        follow,
        onEntries: (list) => seen.seqs.push(...list.map(({ seq }) => seq)),
        onGap: (gap) => seen.gaps.push(gap),
        onTalk: () => undefined,
      },
      start,
      (next) => {
        position = next;
      },
      {
        send: ({ type, ...frame }) => {
          if (type === "resume") seen.resumes.push(frame);
          else seen.filters.push(frame);
        },
        done: () => {
          seen.ended = true;
        },
      },
    );
    return { seen, read, position: () => position };
  }

  test("begins with the tail, and a live frame that overtakes the replay is not shown twice or early", () => {
    const { seen, read, position } = reading(null);
    read(hello("e1", 100));
    expect(seen.resumes).toEqual([{ epoch: "e1", after: 95 }]);
    read(logs("e1", 101, 102));
    read(logs("e1", 96, 102));
    read(logs("e1", 103, 103));
    expect(seen.seqs).toEqual([96, 97, 98, 99, 100, 101, 102, 103]);
    expect(seen.gaps).toEqual([]);
    expect(position()).toEqual({ epoch: "e1", seq: 103 });
  });

  test("a viewer that begins is not told about lines that were gone before it came", () => {
    const { seen, read } = reading(null, { tail: 10_000 });
    read(hello("e1", 20_000, 15_001));
    expect(seen.resumes).toEqual([{ epoch: "e1", after: 15_000 }]);
    expect(seen.gaps).toEqual([]);
  });

  test("resumes where it was, and tells what is gone in between exactly", () => {
    const { seen, read } = reading({ epoch: "e1", seq: 50 });
    read(hello("e1", 200, 101));
    expect(seen.resumes).toEqual([{ epoch: "e1", after: 50 }]);
    read({
      type: "dropped",
      epoch: "e1",
      from: 51,
      to: 100,
      count: 50,
      byLevel: { info: 50 },
      reason: "no_longer_buffered",
    });
    read(logs("e1", 101, 200));
    expect(seen.gaps).toEqual([{ count: 50, reason: "they are no longer buffered" }]);
    expect(seen.seqs).toHaveLength(100);
  });

  test("a restarted stream is a gap of unknown size, then everything it holds", () => {
    const { seen, read } = reading({ epoch: "e1", seq: 50 });
    read(hello("e2", 3));
    read(logs("e2", 1, 3));
    expect(seen.resumes).toEqual([{ epoch: "e2", after: 0 }]);
    expect(seen.gaps).toMatchObject([{ count: null }]);
    expect(seen.seqs).toEqual([1, 2, 3]);
  });

  test("without follow it ends after the line that was newest at the start, at once when there is none", () => {
    const some = reading(null, { tail: 10_000, follow: false });
    some.read(hello("e1", 3));
    some.read(logs("e1", 1, 2));
    expect(some.seen.ended).toBe(false);
    some.read(logs("e1", 3, 3));
    expect(some.seen.ended).toBe(true);
    const none = reading(null, { follow: false });
    none.read(hello("e1", 0));
    expect(none.seen.ended).toBe(true);
  });

  test("frames of a newer server are passed over", () => {
    const { seen, read } = reading(null);
    read(hello("e1", 0));
    read({ type: "fireworks" } as unknown as ServerFrame);
    expect(seen.seqs).toEqual([]);
    expect(Object.values(LOG_STREAM_CLOSE)).toContain(4408);
  });
});
