import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createMissingBuildFile } from "./build-files.ts";

let build: string;
beforeAll(() => {
  build = mkdtempSync(path.join(tmpdir(), "mcpstack-build-"));
  mkdirSync(path.join(build, "static", "chunks"), { recursive: true });
  writeFileSync(path.join(build, "static", "chunks", "[org].js"), "");
  writeFileSync(path.join(build, "BUILD_ID"), "");
});
afterAll(() => rmSync(build, { recursive: true, force: true }));

it("knows the files of the build, however their names are encoded", () => {
  const isMissing = createMissingBuildFile(build);
  expect(isMissing("/_next/static/chunks/[org].js")).toBe(false);
  expect(isMissing("/_next/static/chunks/%5Borg%5D.js?v=1")).toBe(false);
  expect(isMissing("/acme")).toBe(false);
});

it.each([
  "/_next/static/chunks/old.js",
  "/_next/static/../BUILD_ID",
  "/_next/static/%2e%2e/BUILD_ID",
  "/_next/static/%00",
  "/_next/static/%zz",
])("has no file %s, and nothing outside its directory", (url) => {
  expect(createMissingBuildFile(build)(url)).toBe(true);
});
