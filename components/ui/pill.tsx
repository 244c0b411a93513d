import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

const TONES = {
  neutral: "border-line text-muted",
  ok: "border-ok/40 bg-ok/6 text-ok",
  warn: "border-warn/45 bg-warn/8 text-warn",
  fail: "border-fail/45 bg-fail/8 text-fail",
  info: "border-info/40 bg-info/6 text-info",
  unknown: "border-line border-dashed text-muted",
} as const;

export type Tone = keyof typeof TONES;

interface PillProps {
  tone?: Tone;
  /** Says the state without colour. */
  icon?: LucideIcon;
  children: ReactNode;
  className?: string;
}

/** A state in one or two words. Colour means state, and the icon says it again for those who do not see colour. */
export function Pill({ tone = "neutral", icon: Icon, className, children }: PillProps) {
  return (
    <span
      className={cn(
        "inline-flex max-w-full items-center gap-1.5 whitespace-nowrap rounded-full border px-2 py-px font-medium text-xs",
        TONES[tone],
        className,
      )}
    >
      {Icon ? <Icon aria-hidden="true" className="size-3 shrink-0" strokeWidth={2.5} /> : null}
      <span className="truncate">{children}</span>
    </span>
  );
}
