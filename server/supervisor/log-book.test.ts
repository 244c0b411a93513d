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

it("shows an operator what failed and why in one line, and keeps the stack in the file", () => {
  const shown: string[] = [];
  const book = openLogBook({
    directory,
    level: "info",
    terminalLevel: "warn",
    terminal: (line) => void shown.push(line),
  });
  const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
  book.log.warn(
    { err: new Error(`Failed query: ${"x".repeat(1_000)}`, { cause }), job: "alerts" },
    "trying again",
  );
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
  const shown: string[] = [];
  const book = openLogBook({
    directory,
    level: "info",
    terminalLevel: "warn",
    terminal: (line) => void shown.push(line),
  });
  for (const err of ["in words", null, { code: "EPIPE" }]) {
    book.take(
      "edge",
      "stdout",
      JSON.stringify({ level: "warn", time: "2026-01-01T10:11:12Z", msg: "odd", err }),
    );
  }
  book.close();
  expect(shown).toEqual([
    "10:11:12 edge   warn  odd: in words",
    "10:11:12 edge   warn  odd",
    "10:11:12 edge   warn  odd: EPIPE",
  ]);
});
