import { expect, test } from "vitest";
import { hasOnlyMarks } from "./row-list.ts";
import type { LogRow } from "./rows.ts";

test("a list whose filter lets no line through is told from one with lines or gaps", () => {
  const listOf = (...kinds: LogRow["kind"][]) => ({
    count: kinds.length,
    rowAt: (index: number) => ({ kind: kinds[index], n: index }) as LogRow,
  });
  expect(hasOnlyMarks(listOf("mark", "mark"))).toBe(true);
  expect(hasOnlyMarks(listOf("mark", "line"))).toBe(false);
  expect(hasOnlyMarks(listOf("gap"))).toBe(false);
});
