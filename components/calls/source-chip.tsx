import { cn } from "#components/ui/class-names.ts";
import { type CallSource, SOURCE_LOOK } from "./source-look.ts";

/** Which party something comes from: colour and letter. */
export function SourceChip({ source, className }: { source: CallSource; className?: string }) {
  const { letter, label, chip } = SOURCE_LOOK[source];
  return (
    <span
      title={label}
      className={cn(
        "inline-grid size-4.5 shrink-0 place-items-center rounded-sm font-mono font-semibold text-2xs",
        chip,
        className,
      )}
    >
      <span aria-hidden="true">{letter}</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}
