"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { cn } from "./class-names.ts";
import type { SortDirection } from "./sorting.ts";
import { TableHeader } from "./table.tsx";

interface SortHeaderProps {
  label: string;
  numeric?: boolean | undefined;
  /** How the table is sorted by this column now; null when it is sorted by another one. */
  sorted: SortDirection | null;
  /** The direction of the first click; ascending unless told otherwise. */
  first?: SortDirection | undefined;
  onSort: (direction: SortDirection) => void;
  className?: string | undefined;
}

/** The head of a column that sorts its table. */
export function SortHeader({
  label,
  numeric = false,
  sorted,
  first = "asc",
  onSort,
  className,
}: SortHeaderProps) {
  const Arrow = sorted === "desc" ? ArrowDown : ArrowUp;
  return (
    <TableHeader
      numeric={numeric}
      aria-sort={sorted === null ? undefined : sorted === "asc" ? "ascending" : "descending"}
      className={cn(className)}
    >
      <button
        type="button"
        onClick={() => onSort(sorted === null ? first : sorted === "asc" ? "desc" : "asc")}
        className={cn(
          "inline-flex items-center gap-1 rounded-sm hover:text-fg",
          numeric && "flex-row-reverse",
          sorted !== null && "text-fg",
        )}
      >
        {label}
        <Arrow aria-hidden="true" className={cn("size-3", sorted === null && "invisible")} />
      </button>
    </TableHeader>
  );
}
