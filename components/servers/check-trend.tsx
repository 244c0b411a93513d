import { cn } from "#components/ui/class-names.ts";
import { formatCounted, formatDuration } from "#components/ui/numbers.ts";
import type { CheckRun } from "#lib/contract/index.ts";
import { medianMs } from "./median.ts";

const RUNS_MAX = 40;
const BAR = 5;
const GAP = 2;
const HEIGHT = 28;
const BAR_MIN = 3;

const FILL: Record<CheckRun["status"], string> = {
  passed: "fill-ok",
  warned: "fill-warn",
  failed: "fill-fail",
};

/**
 * The last runs as bars, oldest at the left: as tall as the run took, in the colour of its end. What failed also has a
 * cross above it. `runs` is newest first; the list below has the same as text.
 */
export function CheckTrend({ runs }: { runs: readonly CheckRun[] }) {
  const shown = runs.slice(0, RUNS_MAX).reverse();
  if (shown.length < 2) return null;
  const slowestMs = Math.max(...shown.map(({ durationMs }) => durationMs), 1);
  const passed = shown.filter(({ status }) => status !== "failed").length;
  const width = shown.length * (BAR + GAP) - GAP;
  const summary = `${passed} of the last ${formatCounted(shown.length, "run")} passed`;
  const times = `median ${formatDuration(medianMs(shown))}, slowest ${formatDuration(slowestMs)}`;
  return (
    <figure className="flex flex-wrap items-end gap-x-4 gap-y-1.5 px-4 py-2.5">
      <svg
        role="img"
        aria-label={`${summary}; ${times}`}
        width={width}
        height={HEIGHT + 6}
        viewBox={`0 -6 ${width} ${HEIGHT + 6}`}
        className="max-w-full shrink-0"
      >
        {shown.map((run, index) => {
          const height = Math.max(BAR_MIN, (run.durationMs / slowestMs) * HEIGHT);
          const left = index * (BAR + GAP);
          const top = HEIGHT - height;
          return (
            <g key={run.id}>
              <rect x={left} y={top} width={BAR} height={height} rx={1} className={FILL[run.status]} />
              {run.status === "failed" ? (
                <path
                  d={`M${left + 0.5} ${top - 5.5}l4 4m0-4l-4 4`}
                  className="stroke-fail"
                  strokeWidth={1.25}
                  strokeLinecap="round"
                />
              ) : null}
            </g>
          );
        })}
      </svg>
      <figcaption className="grid text-xs">
        <span className={cn(passed < shown.length && "text-fail")}>{summary}</span>
        <span className="text-muted">{times}</span>
      </figcaption>
    </figure>
  );
}
