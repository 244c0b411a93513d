import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { cn } from "./class-names.ts";
import { inputStyle } from "./input.tsx";
import { formatCount } from "./numbers.ts";
import { PAGE_SIZES } from "./page-sizes.ts";
import { isPlainClick } from "./plain-click.ts";
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

interface PagerProps {
  page: PageFacts;
  /** Where a page is found: before the page is interactive, and for another tab. */
  hrefOf: (page: number) => string;
  onPage: (page: number) => void;
  /** Lets the reader choose how long a page is. */
  onPageSize?: (pageSize: number) => void;
}

/** Which rows of how many, as of when, and the way to the others: the next, or any by its number. */
export function Pager({ page, hrefOf, onPage, onPageSize }: PagerProps) {
  const first = (page.page - 1) * page.pageSize + 1;
  const last = first + page.data.length - 1;
  const pages = Math.max(1, Math.ceil(page.total / page.pageSize));
  const step = { hrefOf, onPage };
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t px-4 py-2 text-muted text-xs"
    >
      <span className="tabular-nums">
        {page.data.length === 0 ? "No rows here" : `${formatCount(first)}–${formatCount(last)}`}
        {page.total === 0
          ? ""
          : ` of ${page.totalIsCapped ? `${formatCount(page.total - 1)}+` : formatCount(page.total)}`}
      </span>
      <span className="text-faint">
        as of <Time value={page.asOf} display="clock" />
      </span>
      {onPageSize ? <PageSize value={page.pageSize} onChange={onPageSize} /> : null}
      <span className="ml-auto flex items-center gap-1.5">
        <Step {...step} to={page.page > 1 ? page.page - 1 : null}>
          <ChevronLeft aria-hidden="true" />
          Newer
        </Step>
        <PageNumber
          key={page.page}
          page={page.page}
          pages={page.totalIsCapped ? null : pages}
          onPage={onPage}
        />
        <Step {...step} to={page.nextCursor === null ? null : page.page + 1}>
          Older
          <ChevronRight aria-hidden="true" />
        </Step>
      </span>
    </nav>
  );
}

interface StepProps extends Pick<PagerProps, "hrefOf" | "onPage"> {
  /** Null where the list ends. */
  to: number | null;
  children: ReactNode;
}

/** A link to the page beside this one. */
function Step({ to, hrefOf, onPage, children }: StepProps) {
  if (to === null)
    return (
      <Button size="sm" disabled>
        {children}
      </Button>
    );
  return (
    <Button size="sm" asChild>
      <a
        href={hrefOf(to)}
        onClick={(event) => {
          if (!isPlainClick(event)) return;
          event.preventDefault();
          onPage(to);
        }}
      >
        {children}
      </a>
    </Button>
  );
}

const PAGE_DIGITS_MAX = 9;

/** The number of the page; another one leads there. */
function PageNumber(props: { page: number; pages: number | null; onPage: (page: number) => void }) {
  const [typed, setTyped] = useState(String(props.page));
  const go = () => {
    const wanted = Math.min(Number(typed), props.pages ?? Number.POSITIVE_INFINITY);
    if (wanted >= 1 && wanted !== props.page) props.onPage(wanted);
    else setTyped(String(props.page));
  };
  return (
    <form
      className="flex items-center gap-1.5 px-1 tabular-nums"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      page
      <input
        aria-label="Page"
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        maxLength={PAGE_DIGITS_MAX}
        onChange={(event) => setTyped(event.target.value.replace(/\D/g, ""))}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={go}
        className={cn(inputStyle, "h-7 px-1.5 text-center text-xs")}
        style={{ width: `${Math.max(2, typed.length) + 2}ch` }}
      />
      {props.pages === null ? null : `of ${formatCount(props.pages)}`}
    </form>
  );
}

function PageSize({ value, onChange }: { value: number; onChange: (pageSize: number) => void }) {
  return (
    <select
      aria-label="Rows on a page"
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
      className={cn(inputStyle, "hidden h-7 w-auto px-1.5 text-xs sm:block")}
    >
      {PAGE_SIZES.map((size) => (
        <option key={size} value={size}>
          {size} rows
        </option>
      ))}
    </select>
  );
}
