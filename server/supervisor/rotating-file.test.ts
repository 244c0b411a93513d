import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLogBook } from "./log-book.ts";
import { openRotatingFile } from "./rotating-file.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-logs-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it("never takes more than its bound, and keeps the newest lines", () => {
  const file = openRotatingFile(path.join(directory, "a.log"), { bytesMax: 100, filesMax: 3 });
  for (let index = 0; index < 100; index++) file.write(`line ${String(index).padStart(4, "0")}`);
  file.close();
  expect(readdirSync(directory).toSorted()).toEqual(["a.log", "a.log.1", "a.log.2"]);
  for (const name of readdirSync(directory))
    expect(statSync(path.join(directory, name)).size).toBeLessThanOrEqual(100);
  expect(readFileSync(path.join(directory, "a.log"), "utf8")).toContain("line 0099");
});

it("loses lines while the disk is full, ends nobody, and goes on when there is room", () => {
  let isFull = false;
  const file = openRotatingFile(path.join(directory, "a.log"), {
    bytesMax: 100,
    filesMax: 2,
    append: (descriptor, data) => {
      if (isFull) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      writeSync(descriptor, data);
    },
  });
  file.write("one");
  isFull = true;
  file.write("lost");
  isFull = false;
  file.write("two");
  file.close();
  expect(readFileSync(path.join(directory, "a.log"), "utf8")).toBe("one\ntwo\n");
});

it("goes on where the last run ended", () => {
  for (const line of ["one", "two"]) {
    const file = openRotatingFile(path.join(directory, "a.log"), { bytesMax: 100, filesMax: 2 });
    file.write(line);
    file.close();
  }
  expect(readFileSync(path.join(directory, "a.log"), "utf8")).toBe("one\ntwo\n");
});

it("shows the operator what matters, and keeps everything in files", () => {
  const shown: string[] = [];
  const book = openLogBook({
    directory,
    level: "info",
    terminalLevel: "warn",
    terminal: (line) => void shown.push(line),
  });
  const line = (level: string, msg: string) =>
    JSON.stringify({ level, time: "2026-01-02T03:04:05.678Z", name: "web", pid: 1, msg, part: 7 });
  book.take("web", "stdout", line("info", "all is well"));
  book.take("web", "stdout", line("error", "it broke"));
  book.take("web", "stdout", "chatter");
  book.take("web", "stderr", "Error: crashed");
  book.take("web", "stdout", '{"not": "a log line"');
  book.log.warn({ password: "hunter2hunter2" }, "own words");
  book.close();
  expect(shown[0]).toBe('03:04:05 web    error it broke {"part":7}');
  expect(shown[1]).toBe("web  Error: crashed");
  expect(shown[2]).toContain("own words");
  expect(shown).toHaveLength(3);
  expect(shown.join()).not.toContain("hunter2");
  expect(readFileSync(path.join(directory, "web.log"), "utf8").split("\n")).toHaveLength(6);
  expect(book.lastLines("web").at(-1)).toContain("not");
});
