import { cn } from "./class-names.ts";
import type { Tone } from "./pill.tsx";

const STYLE: Record<Tone, string> = {
  ok: "bg-ok",
  warn: "bg-warn",
  fail: "bg-fail",
  info: "bg-info",
  neutral: "bg-faint",
  unknown: "border-[1.5px] border-faint",
};

/** A dot beside a word that already names the state; hollow when nobody knows. */
export function StateDot({
  tone,
  pulse = false,
  className,
}: {
  tone: Tone;
  pulse?: boolean;
  className?: string;
}) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        "inline-block size-1.75 shrink-0 rounded-full",
        STYLE[tone],
        pulse && "animate-shimmer",
        className,
      )}
    />
  );
}
