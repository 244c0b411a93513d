import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

/** Names and values in two columns; on a phone the value goes below its name. */
export function DefinitionList({ children, className }: { children: ReactNode; className?: string }) {
  return <dl className={cn("divide-y", className)}>{children}</dl>;
}

export function Definition({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 px-4 py-2 sm:grid-cols-[9rem_minmax(0,1fr)] sm:items-center">
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
