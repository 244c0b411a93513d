import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { expect, it } from "vitest";
import { ConfigError } from "#lib/config/index.ts";
import { describeFailure } from "./describe-failure.ts";
import { StartError } from "./start-error.ts";

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("It should have failed.");
};
const systemError = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: it says`), { code, path });

it("shows what we foresaw without a stack", () => {
  expect(describeFailure(new StartError("Stop it first."))).toBe("Stop it first.");
  expect(describeFailure(new ConfigError(["PORT must be a number"]))).not.toMatch(/\n +at /);
});

it("says what to do about a full disk, a closed directory and an unknown option", () => {
  expect(describeFailure(systemError("ENOSPC"))).toMatch(/disk .*is full .*Free some space/);
  expect(describeFailure(systemError("EACCES", "/data/run"))).toMatch(/may not use \/data\/run .*chown -R/);
  const unknown = thrownBy(() => parseArgs({ args: ["--rol=edge"], options: {} }));
  expect(describeFailure(unknown)).toMatch(/Unknown option '--rol'.*--help/);
});

it("keeps the stack of what nobody foresaw", () => {
  expect(describeFailure(thrownBy(() => mkdirSync("/proc/none/here")))).toMatch(/ENOENT.*\n +at /);
  expect(describeFailure("words")).toBe("words");
});
