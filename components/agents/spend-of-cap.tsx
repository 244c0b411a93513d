import { CircleAlert } from "lucide-react";
import { Money } from "#components/ui/money.tsx";
import { shareOfCap } from "./share-of-cap.ts";
import { SpendBar } from "./spend-bar.tsx";

/** What was spent, beside its cap where there is one. */
export function SpendOfCap({ spentMicros, capMicros }: { spentMicros: string; capMicros: string | null }) {
  if (capMicros === null)
    return (
      <span className="inline-flex items-baseline gap-1.5">
        <Money micros={spentMicros} />
        <span className="text-faint text-xs">no cap</span>
      </span>
    );
  const isUsedUp = shareOfCap(spentMicros, capMicros).level === "used_up";
  return (
    <span className="grid w-40 max-w-full gap-1">
      <span className="flex items-center gap-1 text-xs">
        {isUsedUp ? <CircleAlert aria-label="Used up:" className="size-3 shrink-0 text-fail" /> : null}
        <Money micros={spentMicros} className="text-fg" />
        <span className="truncate text-faint">
          of <Money micros={capMicros} />
        </span>
      </span>
      <SpendBar spentMicros={spentMicros} capMicros={capMicros} />
    </span>
  );
}
