import type { Clock } from "#lib/kernel/clock.ts";
import { storableText } from "#lib/kernel/text.ts";
import type { Step } from "./operation-row.ts";

/** The steps of one running operation: what was done, how long it took, where it stopped. */
export interface OperationSteps {
  /** Runs one step; a throw marks it as failed, with its message, and is passed on. */
  run<Value>(name: string, body: () => Promise<Value>): Promise<Value>;
  /** Notes a step that somebody else timed. */
  note(name: string, state: Step["state"], durationMs: number | null, detail?: string): void;
  /** As stored after a success: `last`, begun at `startedMs` on the monotonic clock, is the step that commits. */
  succeeded(last: string, startedMs: number): Step[];
  /** As stored after a failure: what was not reached is skipped. */
  failed(): Step[];
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/** Steps by name, all pending. */
export function operationSteps(clock: Clock, names: readonly string[]): OperationSteps {
  let steps: Step[] = names.map((name) => ({ name, state: "pending", detail: null, durationMs: null }));
  const note: OperationSteps["note"] = (name, state, durationMs, detail) => {
    steps = steps.map((step) =>
      step.name === name
        ? {
            name,
            state,
            detail: detail === undefined ? null : storableText(detail),
            durationMs: durationMs === null ? null : rounded(durationMs),
          }
        : step,
    );
  };
  return {
    note,
    async run(name, body) {
      const startedMs = clock.monotonicMs();
      try {
        const value = await body();
        note(name, "succeeded", clock.monotonicMs() - startedMs);
        return value;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        note(name, "failed", clock.monotonicMs() - startedMs, message);
        throw error;
      }
    },
    succeeded(last, startedMs) {
      note(last, "succeeded", clock.monotonicMs() - startedMs);
      return steps;
    },
    failed: () => steps.map((step) => (step.state === "pending" ? { ...step, state: "skipped" } : step)),
  };
}
