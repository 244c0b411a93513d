import { cn } from "#components/ui/class-names.ts";
import type { LogLevel } from "#lib/contract/index.ts";
import { type CallSource, SOURCE_LOOK } from "./source-look.ts";
import type { Stretch } from "./waterfall.ts";

interface TrackProps {
  source: CallSource;
  stretch: Stretch;
  /** It went wrong: the bar says so in red. */
  failed?: boolean;
  /** Moments within the stretch; then the stretch itself is only hinted at. */
  ticks?: readonly { readonly left: number; readonly level: LogLevel }[];
  className?: string;
}

/** Lines at one place are painted once. */
const PLACES = 400;

/** When something happened, as a bar or as moments on the scale of its call. The words beside it say the same. */
export function Track({ source, stretch, failed = false, ticks, className }: TrackProps) {
  const { bar } = SOURCE_LOOK[source];
  return (
    <span
      aria-hidden="true"
      className={cn("relative block h-3 overflow-hidden rounded-xs bg-raised/70", className)}
    >
      <span
        className={cn("absolute inset-y-0.5 rounded-xs", failed ? "bg-fail" : bar, ticks && "opacity-25")}
        style={{ left: `min(${stretch.left}%, 100% - 2px)`, width: `max(2px, ${stretch.width}%)` }}
      />
      {ticks
        ? placesOf(ticks).map(({ left, isError }) => (
            <span
              key={left}
              className={cn("absolute inset-y-0.5 w-0.5", isError ? "bg-fail" : bar)}
              style={{ left: `min(${left}%, 100% - 2px)` }}
            />
          ))
        : null}
    </span>
  );
}

function placesOf(ticks: NonNullable<TrackProps["ticks"]>): { left: number; isError: boolean }[] {
  const places = new Map<number, boolean>();
  for (const { left, level } of ticks) {
    const place = Math.round((left / 100) * PLACES);
    places.set(place, level === "error" || places.get(place) === true);
  }
  return [...places].map(([place, isError]) => ({ left: (place / PLACES) * 100, isError }));
}
