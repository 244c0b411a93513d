import { ArrowDown, ArrowUp } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";
import { formatPercent } from "#components/ui/numbers.ts";

interface ChangeProps {
  now: number;
  before: number | null;
  /** What it was, in words: `was 1,204`. */
  was: string;
  /** More of it is worse, such as errors. */
  isBad?: boolean;
}

/** How a number changed against the window before: direction by an arrow and a word, share in percent. */
export function Change({ now, before, was, isBad = false }: ChangeProps) {
  if (before === null) return null;
  if (now === before) return <span title={was}>no change</span>;
  const isUp = now > before;
  const Arrow = isUp ? ArrowUp : ArrowDown;
  return (
    <span
      title={was}
      className={cn("inline-flex items-baseline gap-0.5 whitespace-nowrap", isBad && isUp && "text-fail")}
    >
      <Arrow aria-hidden="true" className="size-3 self-center" />
      <span className="sr-only">{isUp ? "up" : "down"}</span>
      {before === 0 ? "new" : formatPercent(Math.abs(now - before) / before)}
    </span>
  );
}
