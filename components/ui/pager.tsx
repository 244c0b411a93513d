import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "./button.tsx";
import { formatCount } from "./numbers.ts";
import { Time } from "./time.tsx";

/** A page of a long list, as the API answers it. */
interface PageFacts {
  data: readonly unknown[];
  page: number;
  pageSize: number;
  total: number;
  totalIsCapped: boolean;
  nextCursor: string | null;
  asOf: string;
}

/** Which rows of how many, as of when, and the way to the others. */
export function Pager({ page, onPage }: { page: PageFacts; onPage: (page: number) => void }) {
  const first = (page.page - 1) * page.pageSize + 1;
  const last = first + page.data.length - 1;
  const pages = Math.max(1, Math.ceil(page.total / page.pageSize));
  const hasNext = page.nextCursor !== null;
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t px-4 py-2 text-muted text-xs"
    >
      <span className="tabular-nums">
        {page.data.length === 0 ? "No rows here" : `${formatCount(first)}–${formatCount(last)}`}
        {page.total === 0
          ? ""
          : ` of ${page.totalIsCapped ? `more than ${formatCount(page.total - 1)}` : formatCount(page.total)}`}
      </span>
      <span className="text-faint">
        as of <Time value={page.asOf} display="clock" />
      </span>
      <span className="ml-auto flex items-center gap-1.5">
        <Button size="sm" disabled={page.page <= 1} onClick={() => onPage(page.page - 1)}>
          <ChevronLeft aria-hidden="true" />
          Newer
        </Button>
        <span className="px-1 tabular-nums">
          page {formatCount(page.page)}
          {page.totalIsCapped ? "" : ` of ${formatCount(pages)}`}
        </span>
        <Button size="sm" disabled={!hasNext} onClick={() => onPage(page.page + 1)}>
          Older
          <ChevronRight aria-hidden="true" />
        </Button>
      </span>
    </nav>
  );
}
