import { SOURCE_LOOK } from "#components/calls/source-look.ts";
import { cn } from "#components/ui/class-names.ts";
import { HOPS, type Hop, wasReached } from "./lanes.ts";

/** How far a call provably came: letters of the hops, those it did not reach hollow. */
export function HopTrail({ last }: { last: Hop }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span aria-hidden="true" className="inline-flex items-center gap-0.5 font-mono font-semibold text-2xs">
        {HOPS.map((hop) => (
          <span
            key={hop}
            className={cn(
              "inline-grid size-4.5 place-items-center rounded-sm",
              wasReached(hop, last) ? SOURCE_LOOK[hop].chip : "border border-line border-dashed text-faint",
            )}
          >
            {SOURCE_LOOK[hop].letter}
          </span>
        ))}
      </span>
      <span className="text-muted text-xs">{last}</span>
    </span>
  );
}
