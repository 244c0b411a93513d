import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import type { RuntimeLine } from "./console-line.ts";
import { createStdoutRecovery } from "./stdout-recovery.ts";

const line = (message: string): RuntimeLine => ({ timestampMs: 1, method: "log", message });
const { recoverAfterMs, stdoutLinesKept } = limits.console;

describe("createStdoutRecovery", () => {
  it("shows each line exactly once, whatever order the two ways deliver in and whenever the runtime ends", () => {
    const event = fc.record({
      by: fc.constantFrom("tail", "stdout"),
      waitMs: fc.integer({ min: 0, max: 1_500 }),
    });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 40 }),
        fc.array(event, { maxLength: 80 }),
        (written, order) => {
          let nowMs = 0;
          const recovery = createStdoutRecovery(() => nowMs);
          const shown: string[] = [];
          const pending = { tail: [...written], stdout: [...written] };
          for (const { by, waitMs } of order) {
            nowMs += waitMs;
            const message = pending[by as "tail" | "stdout"].shift();
            if (message === undefined) continue;
            if (by === "stdout") recovery.stdout(line(message));
            else if (recovery.tail(line(message))) shown.push(message);
            shown.push(...recovery.take("overdue").map((taken) => taken.message));
          }
          // The runtime dies: its pipe is read to the end, its tail is lost.
          for (const message of pending.stdout) recovery.stdout(line(message));
          shown.push(...recovery.take("all").map((taken) => taken.message));
          expect(shown.toSorted()).toEqual(written.toSorted());
          expect(recovery.takeLost("ended")).toBe(0);
        },
      ),
    );
  });

  it("counts each line that neither way brings, once, when both are quiet", () => {
    let nowMs = 0;
    const recovery = createStdoutRecovery(() => nowMs);
    for (let index = 0; index < 1_000; index++) recovery.stdout(line(`line ${index}`));
    for (let index = 0; index < 100; index++) recovery.tail(line(`line ${index}`));
    expect(recovery.takeLost("answering")).toBe(0);
    nowMs += recoverAfterMs;
    expect(recovery.takeLost("held")).toBe(0);
    expect(recovery.take("overdue")).toHaveLength(stdoutLinesKept);
    expect(recovery.takeLost("answering")).toBe(1_000 - 100 - stdoutLinesKept);
    nowMs += recoverAfterMs;
    expect(recovery.takeLost("answering")).toBe(0);
  });

  it("counts losses of a server that is never quiet, and not the lines that are on their way", () => {
    let nowMs = 0;
    const recovery = createStdoutRecovery(() => nowMs);
    for (let index = 0; index < 500; index++) recovery.stdout(line(`lost ${index}`));
    let lost = 0;
    let recovered = 0;
    for (let index = 0; index < 200; index++) {
      nowMs += 50;
      recovery.stdout(line(`line ${index}`));
      if (index > 0) recovery.tail(line(`line ${index - 1}`));
      recovered += recovery.take("overdue").length;
      lost += recovery.takeLost("answering");
    }
    expect(lost + recovered).toBe(500);
  });

  it("does not count again what the tail itself reported as shed", () => {
    let nowMs = 0;
    const recovery = createStdoutRecovery(() => nowMs);
    for (let index = 0; index < 300; index++) recovery.stdout(line(`line ${index}`));
    recovery.tailShed(300);
    nowMs += recoverAfterMs;
    expect(recovery.take("overdue")).toEqual([]);
    expect(recovery.takeLost("ended")).toBe(0);
  });
});
