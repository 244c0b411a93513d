import { Search } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";
import { Input } from "./input.tsx";

/** A field that narrows what is shown. `aria-label` says what it searches. */
export function SearchInput({ className, ...props }: ComponentProps<"input"> & { "aria-label": string }) {
  return (
    <span className={cn("relative block", className)}>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint"
      />
      <Input type="search" className="pl-8" {...props} />
    </span>
  );
}
