import { cn } from "#components/ui/class-names.ts";
import { formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import type { CheckRun } from "#lib/contract/index.ts";
import { CheckBroke } from "./check-broke.tsx";
import { checkKindLabel } from "./check-kinds.ts";
import { CheckPill } from "./check-pill.tsx";

interface CheckRowProps {
  check: CheckRun;
  /** Shows its steps elsewhere on the page. */
  onShow?: () => void;
  isShown?: boolean;
}

/** One stored check, with what failed in the server's own words. */
export function CheckRow({ check, onShow, isShown = false }: CheckRowProps) {
  const label = checkKindLabel(check);
  return (
    <li className={cn("relative px-4 py-2", onShow && "hover:bg-raised/60", isShown && "bg-raised/60")}>
      <div className="flex items-center gap-3">
        <span className="grid min-w-0 flex-1">
          {onShow ? (
            <button
              type="button"
              onClick={onShow}
              aria-pressed={isShown}
              className="w-fit max-w-full truncate rounded-sm text-left after:absolute after:inset-0"
            >
              {label}
            </button>
          ) : (
            <span className="truncate">{label}</span>
          )}
          <span className="truncate text-faint text-xs">
            <Time value={check.checkedAt} className="relative" />
            {` · ${formatDuration(check.durationMs)}`}
            {check.toolCount !== null ? ` · ${formatCounted(check.toolCount, "tool")}` : ""}
            {check.actor ? ` · ${check.actor}` : ""}
          </span>
        </span>
        <CheckPill status={check.status} />
      </div>
      {check.error ? (
        <p className="mt-1 break-words text-fail text-xs">
          {check.error} <CheckBroke check={check} />
        </p>
      ) : null}
    </li>
  );
}
