import { Check, Minus, TriangleAlert, X } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";
import type { StageStatus } from "./stages.ts";

/** How a step or check ended, in a word. */
export const STATUS_WORDS: Readonly<Record<StageStatus, string>> = {
  pass: "fine",
  fail: "failed",
  warn: "to look at",
  unknown: "not known",
  skipped: "not needed",
};

const LOOK = {
  pass: { style: "border-ok/45 bg-ok/8 text-ok", icon: Check },
  fail: { style: "border-fail/50 bg-fail/10 text-fail", icon: X },
  warn: { style: "border-warn/50 bg-warn/10 text-warn", icon: TriangleAlert },
  skipped: { style: "border-transparent text-faint", icon: Minus },
} as const;

/** The sign of a status: a shape as well as a colour. What is not known is a hollow grey ring, never green. */
export function StageStatusIcon({ status, className }: { status: StageStatus; className?: string }) {
  const box = "grid size-5 shrink-0 place-items-center rounded-full border";
  if (status === "unknown")
    return (
      <span
        role="img"
        aria-label={STATUS_WORDS.unknown}
        title={STATUS_WORDS.unknown}
        className={cn(box, "border-2 border-faint/70 border-dashed", className)}
      />
    );
  const { style, icon: Icon } = LOOK[status];
  return (
    <span
      role="img"
      aria-label={STATUS_WORDS[status]}
      title={STATUS_WORDS[status]}
      className={cn(box, style, className)}
    >
      <Icon aria-hidden="true" className="size-3" strokeWidth={2.75} />
    </span>
  );
}
