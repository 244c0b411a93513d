import { expect, test } from "vitest";
import { isBeingDiagnosed } from "./being-diagnosed.ts";

const updatedAt = "2026-11-20T14:00:00.000Z";
const atMs = Date.parse(updatedAt);

test("a diagnosis is waited for as long as it may take, and no longer", () => {
  expect(isBeingDiagnosed({ diagnosisStatus: "pending", updatedAt }, atMs + 9_000)).toBe(true);
  expect(isBeingDiagnosed({ diagnosisStatus: "pending", updatedAt }, atMs + 60_000)).toBe(false);
});

test("one that was made is not waited for", () => {
  expect(isBeingDiagnosed({ diagnosisStatus: "healthy", updatedAt }, atMs)).toBe(false);
});
