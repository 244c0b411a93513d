import { cn } from "#components/ui/class-names.ts";
import { type CallSource, type PartyLook, SOURCE_LOOK } from "./source-look.ts";

/** A party in one letter on its colour. */
export const PartyChip = ({ look, className }: { look: PartyLook; className?: string }) => (
  <span
    title={look.label}
    className={cn(
      "inline-grid size-4.5 shrink-0 place-items-center rounded-sm font-mono font-semibold text-2xs",
      look.chip,
      className,
    )}
  >
    <span aria-hidden="true">{look.letter}</span>
    <span className="sr-only">{look.label}</span>
  </span>
);

/** Which party of a call something comes from. */
export const SourceChip = ({ source, className }: { source: CallSource; className?: string }) => (
  <PartyChip look={SOURCE_LOOK[source]} className={className} />
);
