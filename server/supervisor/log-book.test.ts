import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLogBook } from "./log-book.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-book-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const opened = () => {
  const shown: string[] = [];
  const book = openLogBook({
    directory,
    level: "info",
    terminalLevel: "warn",
    terminal: (line) => void shown.push(line),
  });
  const edgeSays = (msg: string, err?: unknown) =>
    book.take("edge", "stdout", JSON.stringify({ level: "warn", time: "2026-01-01T10:11:12Z", msg, err }));
  return { book, shown, edgeSays };
};

it("shows an operator what failed and why in one line, and keeps the stack in the file", () => {
  const { book, shown } = opened();
  const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
  const err = new Error(`Failed query: ${"x".repeat(1_000)}`, { cause });
  book.log.warn({ err, job: "alerts" }, "trying again");
  book.log.info({}, "not for the terminal");
  book.close();
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatch(
    /^\S+ main {3}warn {2}trying again: Failed query: x+…: connect ECONNREFUSED 127\.0\.0\.1:5432 \{"job":"alerts"\}$/,
  );
  expect(shown[0]?.length).toBeLessThan(500);
  const file = readFileSync(path.join(directory, "main.log"), "utf8");
  expect(file).toMatch(/"stack":"Error: connect ECONNREFUSED/);
  expect(file).toContain("not for the terminal");
});

it("shows an error of another shape too", () => {
  const { book, shown, edgeSays } = opened();
  edgeSays("one", "in words");
  edgeSays("two", null);
  edgeSays("three", { code: "EPIPE" });
  book.close();
  expect(shown).toEqual([
    "10:11:12 edge   warn  one: in words",
    "10:11:12 edge   warn  two",
    "10:11:12 edge   warn  three: EPIPE",
  ]);
});

it("shows what a role says again and again once, and keeps all of it in the file", () => {
  const { book, shown, edgeSays } = opened();
  for (let time = 0; time < 50; time++) edgeSays("facts wait", `try ${time}`);
  for (let time = 0; time < 2; time++) book.log.warn({}, "the edge process ended; starting it again");
  book.close();
  expect(shown).toHaveLength(3);
  expect(readFileSync(path.join(directory, "edge.log"), "utf8").trim().split("\n")).toHaveLength(50);
});
