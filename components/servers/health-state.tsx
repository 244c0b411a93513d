import { CircleCheck, CircleHelp, CircleX, type LucideIcon, TriangleAlert } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";

const LOOK: Record<
  "healthy" | "degraded" | "down" | "unknown",
  { icon: LucideIcon; label: string; style: string }
> = {
  healthy: { icon: CircleCheck, label: "Healthy", style: "text-ok" },
  degraded: { icon: TriangleAlert, label: "Degraded", style: "text-warn" },
  down: { icon: CircleX, label: "Down", style: "text-fail" },
  unknown: { icon: CircleHelp, label: "Unknown", style: "text-muted" },
};

/** How a region is, as an icon and a word. Unknown is never green. */
export function HealthState({ state }: { state: keyof typeof LOOK }) {
  const { icon: Icon, label, style } = LOOK[state];
  return (
    <span className={cn("inline-flex items-center gap-1.5 font-medium", style)}>
      <Icon aria-hidden="true" className="size-3.75 shrink-0" strokeWidth={2.25} />
      {label}
    </span>
  );
}
