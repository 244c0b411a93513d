import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

/** A key. */
export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={cn(
        "inline-grid h-4.5 min-w-4.5 place-items-center rounded-sm border border-current/20 px-1 text-2xs text-faint leading-none",
        className,
      )}
    >
      {children}
    </kbd>
  );
}
