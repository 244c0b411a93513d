import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeRuntimeFiles } from "./runtime-files.ts";

/** A file that takes nothing, as on a disk that is full. */
const FULL = "/dev/full";
let parent: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(os.tmpdir(), "mcpstack-rf-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

it.runIf(existsSync(FULL))("leaves nothing behind on a disk that is full, and says that it is", async () => {
  const directory = path.join(parent, "r");
  mkdirSync(directory);
  symlinkSync(FULL, path.join(directory, "tail-worker.js"));
  const written = writeRuntimeFiles({
    directory,
    modules: [{ name: "index.js", kind: "esModule", source: "export default {}" }],
    environment: {},
    heapMiBMax: 64,
    owner: null,
  });
  await expect(written).rejects.toMatchObject({ code: "ENOSPC" });
  expect(readdirSync(parent)).toEqual([]);
});
