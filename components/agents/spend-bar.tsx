import { cn } from "#components/ui/class-names.ts";
import { shareOfCap } from "./share-of-cap.ts";

const COLOUR = { ok: "bg-muted", near: "bg-warn", used_up: "bg-fail" } as const;

interface SpendBarProps {
  spentMicros: string;
  capMicros: string;
  className?: string;
}

/** How much of a cap is spent, at a glance; the amounts stand beside it and say the same. */
export function SpendBar({ spentMicros, capMicros, className }: SpendBarProps) {
  const { share, level } = shareOfCap(spentMicros, capMicros);
  return (
    <span aria-hidden="true" className={cn("block h-1.5 overflow-hidden rounded-full bg-line", className)}>
      <span
        className={cn("block h-full min-w-0.5 rounded-full", COLOUR[level], share === 0 && "invisible")}
        style={{ width: `${share * 100}%` }}
      />
    </span>
  );
}
