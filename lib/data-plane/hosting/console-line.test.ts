import { describe, expect, it } from "vitest";
import { lineOfStdout, lineOfTailEvent } from "./console-line.ts";

describe("lineOfTailEvent", () => {
  const log = (message: unknown, extra: object = {}) =>
    lineOfTailEvent({ kind: "log", at: 5, level: "info", message, ...extra });

  it("takes a formatted message as it is, also when it looks like a format", () => {
    expect(log(["100 %s"])).toEqual({ timestampMs: 5, method: "info", message: "100 %s" });
  });

  it("formats raw arguments, with the errors that came beside them", () => {
    expect(log(["n=%d", 5, { a: 1 }])?.message).toBe("n=5 { a: 1 }");
    const errors = [null, { name: "TypeError", message: "boom", stack: "    at f (main.js:1:1)" }];
    expect(log(["failed:", "TypeError: boom"], { errors })?.message).toBe(
      "failed: TypeError: boom\n    at f (main.js:1:1)",
    );
  });

  it("survives values that cannot be written down, which code can send past the prelude", () => {
    let deep: unknown = [];
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(log(["%j", deep])?.message).toBe("[a value that cannot be shown]");
  });

  it("reads the marks of the prelude: the length before a cut, and a count of lines given up", () => {
    expect(log(["abc\0cut:5242880"])).toMatchObject({ message: "abc", charactersBeforeCut: 5_242_880 });
    expect(log(["\0shed:17"])).toMatchObject({ shed: 17 });
    expect(log(["abc\0cut:x"])).toMatchObject({ message: "abc\0cut:x" });
  });

  it("leaves the platform's own frames out of stacks", () => {
    const stack =
      "Error: x\n    at f (main.js:1:1)\n    at duringRequest (mcpstack-platform/console-prelude.js:1:2)\n    at Object.fetch (mcpstack-entry.js:3:4)";
    expect(log([stack])?.message).toBe("Error: x\n    at f (main.js:1:1)");
    expect(log(["mcpstack-entry.js is a file"])?.message).toBe("mcpstack-entry.js is a file");
  });

  it("makes an error line of an uncaught exception", () => {
    expect(
      lineOfTailEvent({
        kind: "exception",
        at: 7,
        name: "TypeError",
        message: "boom",
        stack: "    at f (main.js:1:1)",
      }),
    ).toEqual({
      timestampMs: 7,
      method: "error",
      message: "Uncaught TypeError: boom\n    at f (main.js:1:1)",
    });
  });

  it.each([null, 1, "x", [], {}, { kind: "other" }])("ignores %j", (event) => {
    expect(lineOfTailEvent(event)).toBeNull();
  });

  it("keeps lines whose parts have the wrong types", () => {
    expect(lineOfTailEvent({ kind: "log", at: "x", level: 3, message: 4 })).toEqual({
      timestampMs: 0,
      method: "log",
      message: "",
    });
  });
});

describe("lineOfStdout", () => {
  it("tells console lines from the runtime's own words", () => {
    expect(lineOfStdout('{"timestamp":5,"level":"warn","message":"m"}')).toEqual({
      kind: "console",
      line: { timestampMs: 5, method: "warn", message: "m" },
      atModuleScope: false,
    });
    expect(lineOfStdout('{"timestamp":0,"level":"log","message":"m"}')).toMatchObject({
      atModuleScope: true,
    });
    expect(lineOfStdout('{"timestamp":"5","level":"error","source":"x.c++:1","message":"own"}')).toEqual({
      kind: "system",
      message: "own",
    });
    expect(lineOfStdout("*** Received signal #6")).toEqual({
      kind: "system",
      message: "*** Received signal #6",
    });
    expect(lineOfStdout('{"broken')).toEqual({ kind: "system", message: '{"broken' });
  });
});
