import type { CallStep, CallTimeline } from "#lib/contract/call-timeline.ts";
import type { ConsoleLine, LogLevel } from "#lib/contract/index.ts";

/** A stretch of the waterfall's width, in percent: `0 ≤ left ≤ left + width ≤ 100`. */
export interface Stretch {
  readonly left: number;
  readonly width: number;
}

type RuntimeStep = Extract<CallStep, { kind: "runtime" }>;
export type OneStep = Exclude<CallStep, RuntimeStep>;

/** One row of the waterfall: one step of the call, or console lines that nothing came between. */
export type WaterfallRow =
  | { readonly kind: "step"; readonly id: string; readonly step: OneStep; readonly stretch: Stretch }
  | {
      readonly kind: "lines";
      readonly id: string;
      readonly offsetMs: number;
      readonly lines: readonly ConsoleLine[];
      /** From the first line to the last. */
      readonly stretch: Stretch;
      /** One per line, in percent. */
      readonly ticks: readonly { readonly left: number; readonly level: LogLevel }[];
      readonly worst: LogLevel;
    };

export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  /** Where the width begins and ends, in milliseconds after the first message. */
  readonly fromMs: number;
  readonly toMs: number;
}

const LEVEL_RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The steps of a call as rows with a place on one scale. What lies outside, because two clocks differ, is moved to its edge. */
export function waterfallOf({ steps, durationMs }: Pick<CallTimeline, "steps" | "durationMs">): Waterfall {
  const toMs = Math.max(durationMs, 1);
  // A clock that is far off must not press the call itself into nothing.
  const fromMs = Math.max(-toMs, Math.min(0, ...steps.map((step) => step.offsetMs)));
  const rows: WaterfallRow[] = [];
  let run: RuntimeStep[] = [];
  const endRun = () => {
    if (run.length > 0) rows.push(linesRow(run, fromMs, toMs));
    run = [];
  };
  for (const step of steps) {
    if (step.kind === "runtime") {
      run.push(step);
      continue;
    }
    endRun();
    rows.push({
      kind: "step",
      id: step.id,
      step,
      stretch: stretchOf(step.offsetMs, takesMs(step), fromMs, toMs),
    });
  }
  endRun();
  return { rows, fromMs, toMs };
}

function linesRow(run: readonly RuntimeStep[], fromMs: number, toMs: number): WaterfallRow {
  const offsetMs = run[0]?.offsetMs ?? 0;
  const lastMs = run.at(-1)?.offsetMs ?? offsetMs;
  return {
    kind: "lines",
    id: run[0]?.id ?? "",
    offsetMs,
    lines: run.map((step) => step.line),
    stretch: stretchOf(offsetMs, lastMs - offsetMs, fromMs, toMs),
    ticks: run.map((step) => ({ left: percentOf(step.offsetMs, fromMs, toMs), level: step.level })),
    worst: run.reduce<LogLevel>(
      (worst, { level }) => (LEVEL_RANK[level] > LEVEL_RANK[worst] ? level : worst),
      "debug",
    ),
  };
}

/** How long a row of the waterfall lasts: a message until it was answered, an upstream call until its answer. */
const takesMs = (step: OneStep): number =>
  step.kind === "client" ? step.row.durationMs : (step.durationMs ?? 0);

/** A span on a scale; never outside of it. */
export function stretchOf(startMs: number, durationMs: number, fromMs: number, toMs: number): Stretch {
  const left = percentOf(startMs, fromMs, toMs);
  const right = percentOf(startMs + Math.max(durationMs, 0), fromMs, toMs);
  return { left, width: Math.max(0, right - left) };
}

const percentOf = (ms: number, fromMs: number, toMs: number): number =>
  toMs > fromMs ? Math.min(100, Math.max(0, ((ms - fromMs) / (toMs - fromMs)) * 100)) : 0;

const TICKS_MAX = 5;
const ROUND_STEPS = [1, 2, 5, 10] as const;

/** Round moments between two times, at most five, for an axis. */
export function roundTicks(fromMs: number, toMs: number): number[] {
  const spanMs = toMs - fromMs;
  if (!(spanMs > 0)) return [fromMs];
  const power = 10 ** Math.floor(Math.log10(spanMs / TICKS_MAX));
  const stepMs = (ROUND_STEPS.find((step) => spanMs / (step * power) <= TICKS_MAX - 1) ?? 10) * power;
  const first = Math.ceil(fromMs / stepMs);
  const last = Math.floor(toMs / stepMs);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * stepMs);
}
