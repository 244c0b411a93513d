import type { OperationLogLine } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { storableText } from "#lib/kernel/text.ts";
import type { Step } from "./operation-row.ts";

/** What one running operation did so far, told to whoever stores it at every change. */
export interface OperationProgress {
  readonly steps: readonly Step[];
  readonly log: readonly OperationLogLine[];
  /** Aborted, with the DomainError to end with, when the operation may not go on. */
  readonly signal: AbortSignal;
  /**
   * Runs one step; what it answers as `detail` is kept with it. A throw marks it as failed, with its message, and is
   * passed on. Rejects at once when `signal` is aborted; the body then runs out on its own.
   */
  run<Value>(name: string, body: () => Promise<{ value: Value; detail?: string }>): Promise<Value>;
  /** Notes a step that somebody else timed; its end is also a line of the log. */
  note(name: string, state: Step["state"], durationMs?: number | null, detail?: string): void;
  /** Adds a line; beyond `limits.operations.logLinesMax` the oldest go. */
  write(level: OperationLogLine["level"], message: string): void;
  /** From now on these values are left out of every text of the operation. */
  hide(secrets: readonly string[]): void;
  /** `text` as it may be kept: without what is hidden, and storable. */
  clean(text: string): string;
  /** Marks what was not reached as skipped, and what was under way as failed. */
  settle(): void;
}

export interface OperationProgressOptions {
  clock: Clock;
  names: readonly string[];
  signal: AbortSignal;
  onChange(): void;
}

/** Steps by name, all pending, and an empty log. */
export function createOperationProgress(options: OperationProgressOptions): OperationProgress {
  const { clock, signal, onChange } = options;
  let steps: Step[] = pendingSteps(options.names);
  let log: OperationLogLine[] = [];
  let hidden: readonly string[] = [];

  const clean = (text: string): string => {
    const shown = hidden.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text);
    return storableText(shown.slice(0, limits.operations.logLineCharactersMax));
  };
  const withStep = (step: Step): Step[] => steps.map((other) => (other.name === step.name ? step : other));
  const note: OperationProgress["note"] = (name, state, durationMs = null, detail) => {
    const text = detail === undefined ? null : clean(detail);
    steps = withStep({ name, state, detail: text, durationMs: rounded(durationMs) });
    if (state === "pending" || state === "running") onChange();
    else write(state === "failed" ? "error" : "info", `${name}: ${detail ?? state}`);
  };
  const write: OperationProgress["write"] = (level, message) => {
    const line = { at: new Date(clock.nowMs()).toISOString(), level, message: clean(message) };
    log = [...log, line].slice(-limits.operations.logLinesMax);
    onChange();
  };

  return {
    get steps() {
      return steps;
    },
    get log() {
      return log;
    },
    signal,
    note,
    async run(name, body) {
      const startedMs = clock.monotonicMs();
      const elapsedMs = () => clock.monotonicMs() - startedMs;
      signal.throwIfAborted();
      note(name, "running");
      try {
        const { value, detail } = await orAborted(signal, body());
        note(name, "succeeded", elapsedMs(), detail);
        return value;
      } catch (error) {
        note(name, "failed", elapsedMs(), toDomainError(error).message);
        throw error;
      }
    },
    write,
    hide(secrets) {
      // A short value is a word like any other. The longest goes first: it may hold another one.
      hidden = secrets
        .filter((secret) => secret.length >= limits.logStream.secretCharactersMin)
        .toSorted((one, other) => other.length - one.length);
    },
    clean,
    settle() {
      steps = settledSteps(steps);
      onChange();
    },
  };
}

export const pendingSteps = (names: readonly string[]): Step[] =>
  names.map((name) => ({ name, state: "pending", detail: null, durationMs: null }));

/** The steps of an operation that goes no further; `cutShort` is what became of one that was under way. */
export const settledSteps = (steps: readonly Step[], cutShort: "failed" | "skipped" = "failed"): Step[] =>
  steps.map((step) =>
    step.state === "pending"
      ? { ...step, state: "skipped" }
      : step.state === "running"
        ? { ...step, state: cutShort }
        : step,
  );

const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 10) / 10);

/** `work`, or the rejection that `signal` brings first. */
export async function orAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const end = () => reject(signal.reason);
    stop = () => signal.removeEventListener("abort", end);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop();
  }
}
