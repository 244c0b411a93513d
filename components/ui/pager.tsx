"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "./button.tsx";
import { formatCount } from "./numbers.ts";

interface PagerProps {
  /** From 1. */
  page: number;
  pageSize: number;
  total: number;
  /** There are at least `total` rows. */
  totalIsCapped: boolean;
  onPage: (page: number) => void;
}

/** Which rows of how many, and the way to the others. */
export function Pager({ page, pageSize, total, totalIsCapped, onPage }: PagerProps) {
  const first = Math.min(total, (page - 1) * pageSize + 1);
  const last = Math.min(total, page * pageSize);
  const hasNext = last < total || (totalIsCapped && last > 0);
  return (
    <nav aria-label="Pages" className="flex min-h-10 items-center justify-end gap-2 border-t px-4 py-1.5">
      <span className="mr-auto text-muted text-xs" role="status">
        {formatCount(first)} – {formatCount(totalIsCapped ? page * pageSize : last)} of {formatCount(total)}
        {totalIsCapped ? "+" : ""}
      </span>
      <Button size="icon-sm" aria-label="Previous page" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        <ChevronLeft aria-hidden="true" />
      </Button>
      <Button size="icon-sm" aria-label="Next page" disabled={!hasNext} onClick={() => onPage(page + 1)}>
        <ChevronRight aria-hidden="true" />
      </Button>
    </nav>
  );
}
