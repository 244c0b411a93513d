import { cn } from "#components/ui/class-names.ts";
import { formatPercent } from "#components/ui/numbers.ts";
import { shareOfCap } from "./share-of-cap.ts";

const COLOUR = { ok: "bg-muted", near: "bg-warn", used_up: "bg-fail" } as const;

interface SpendBarProps {
  spentMicros: string;
  capMicros: string;
  /** What is measured, e.g. "Spent of the monthly cap". */
  label: string;
  className?: string;
}

/** How much of a cap is spent. The numbers stand beside it; it says the same at a glance. */
export function SpendBar({ spentMicros, capMicros, label, className }: SpendBarProps) {
  const { share, level } = shareOfCap(spentMicros, capMicros);
  return (
    <span
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={formatPercent(share)}
      className={cn("block h-1.5 overflow-hidden rounded-full bg-line", className)}
    >
      <span
        className={cn("block h-full min-w-0.5 rounded-full", COLOUR[level], share === 0 && "invisible")}
        style={{ width: `${share * 100}%` }}
      />
    </span>
  );
}
