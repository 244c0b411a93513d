import { cn } from "#components/ui/class-names.ts";
import { formatCount, formatCounted } from "#components/ui/numbers.ts";

interface GroupSignProps {
  isRepeat: boolean;
  /** Lines of the group, the one shown included. */
  lines: number;
  isOpen: boolean;
}

/**
 * Says that a row stands for more lines, and how many: `×n` of the same, or the number folded under it. The list
 * handles the click; `GROUP_SIGN_COLUMNS` must have room for it.
 */
export function GroupSign({ isRepeat, lines, isOpen }: GroupSignProps) {
  const what = isRepeat ? `${formatCount(lines)} equal lines` : formatCounted(lines - 1, "folded line");
  const does = isOpen ? `Close ${what}` : `Open ${what}`;
  return (
    <button
      type="button"
      data-part="group"
      tabIndex={-1}
      aria-expanded={isOpen}
      aria-label={does}
      title={`${does} (x)`}
      className={cn(
        "mr-1.5 h-4 cursor-pointer select-none rounded-sm px-1 align-top text-2xs leading-4 tabular-nums mt-0.5",
        isOpen ? "bg-accent-soft text-accent" : "bg-line/60 text-muted hover:text-fg",
      )}
    >
      {isRepeat ? "×" : isOpen ? "\u25be " : "\u25b8 "}
      {formatCount(isRepeat ? lines : lines - 1)}
    </button>
  );
}
