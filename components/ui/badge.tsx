import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

/** A small label without state: a role, a kind, a count. */
export function Badge({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span
      className={cn(
        "inline-flex items-center gap-1 whitespace-nowrap rounded-sm bg-raised px-1.5 py-px font-medium text-muted text-xs",
        className,
      )}
    >
      {children}
    </span>
  );
}
