import { roundTicks, stretchOf } from "#components/calls/waterfall.ts";
import { cn } from "#components/ui/class-names.ts";
import { timeOfDay } from "#lib/client/log-stream/line-text.ts";
import { isInView, LANE_ROWS, type LaneMark, type Span } from "./lane-layout.ts";

/** Below this span the milliseconds of the axis mean something. */
const FINE_SPAN_MS = 5_000;

/** Round times over lanes. */
export function TimeAxis({ view }: { view: Span }) {
  const isFine = view.toMs - view.fromMs < FINE_SPAN_MS;
  return (
    <div className="relative h-6">
      {roundTicks(view.fromMs, view.toMs).map((ms, index) => {
        const { left } = stretchOf(ms, 0, view.fromMs, view.toMs);
        const text = timeOfDay(ms);
        return (
          <span
            key={ms}
            className={cn(
              "absolute top-1 whitespace-nowrap font-mono text-2xs text-faint",
              left > 88 ? "-translate-x-full" : left > 8 && "-translate-x-1/2",
              index % 2 === 1 && "max-sm:hidden",
            )}
            style={{ left: `${left}%` }}
          >
            {isFine ? text : text.slice(0, text.lastIndexOf("."))}
          </span>
        );
      })}
    </div>
  );
}

interface LaneProps {
  /** Colour of its marks; what went wrong is red. */
  bar: string;
  marks: readonly LaneMark[];
  view: Span;
  /** Its marks have no length. */
  isMoments: boolean;
  dimmed: boolean;
  /** Ids of marks that stand out; with none, all do. */
  focused: ReadonlySet<string>;
}

/** The marks of one party on the scale of time. The words beside the lanes say the same. */
export function Lane({ bar, marks, view, isMoments, dimmed, focused }: LaneProps) {
  const rows = isMoments ? 1 : Math.max(1, ...marks.map(({ row }) => row + 1));
  const rowPercent = 100 / Math.min(LANE_ROWS, rows);
  return (
    <div className={cn("relative h-11 border-t", dimmed && "opacity-30")}>
      <div className="absolute inset-x-0 inset-y-1.5">
        {marks
          .filter((mark) => isInView(mark, view))
          .map((mark) => {
            const { left, width } = stretchOf(mark.fromMs, mark.toMs - mark.fromMs, view.fromMs, view.toMs);
            return (
              <span
                key={mark.id}
                data-mark={mark.id}
                className={cn(
                  "absolute min-w-0.5 cursor-pointer rounded-xs",
                  mark.isBad ? "bg-fail" : bar,
                  focused.size > 0 && !focused.has(mark.id) && "opacity-30",
                )}
                style={{
                  left: `${left}%`,
                  width: isMoments ? "2px" : `${width}%`,
                  top: isMoments ? 0 : `calc(${mark.row * rowPercent}% + 1px)`,
                  height: isMoments ? "100%" : `calc(${rowPercent}% - 2px)`,
                }}
              />
            );
          })}
      </div>
    </div>
  );
}
