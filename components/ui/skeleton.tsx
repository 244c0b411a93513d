import { cn } from "./class-names.ts";

/** A grey bar in the place and size of what is coming. Give it the size of the real thing. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cn("inline-block h-3.5 w-24 animate-shimmer rounded-sm bg-raised align-middle", className)}
    />
  );
}
