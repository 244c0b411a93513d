import type { ReactNode } from "react";
import { cn } from "#components/ui/class-names.ts";

/** The content of a page below its head. `narrow` is for forms and prose. */
export function PageBody({
  narrow = false,
  className,
  children,
}: {
  narrow?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div
      className={cn(
        "grid max-w-[1600px] grid-cols-1 gap-3.5 px-4 py-4 md:px-6 md:py-4.5",
        narrow && "max-w-3xl",
        className,
      )}
    >
      {children}
    </div>
  );
}
