import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

interface StatStripProps {
  children: ReactNode;
  label: string;
  /** By default all in one line where there is room; 4: in lines of four. */
  columns?: 4;
}

/** A few numbers that answer the page's question at a glance. */
export function StatStrip({ children, label, columns }: StatStripProps) {
  return (
    <section aria-label={label} className="overflow-hidden rounded-lg border bg-surface">
      <dl
        className={cn(
          "-mt-px -ml-px grid grid-cols-2",
          columns === 4 ? "md:grid-cols-4" : "md:auto-cols-fr md:grid-flow-col md:grid-cols-none",
        )}
      >
        {children}
      </dl>
    </section>
  );
}

interface StatProps {
  label: string;
  /** The number or word itself. */
  children: ReactNode;
  /** Beside it, smaller: a unit, since when, compared with what. */
  detail?: ReactNode;
  tone?: "ok" | "warn" | "fail" | undefined;
}

const TONE = { ok: "text-ok", warn: "text-warn", fail: "text-fail" } as const;

export function Stat({ label, children, detail, tone }: StatProps) {
  return (
    <div className="min-w-0 border-t border-l px-4 py-2.5 last:odd:col-span-2 md:last:odd:col-span-1">
      <dt className="truncate text-muted text-xs">{label}</dt>
      <dd className="mt-0.5 flex min-h-6 flex-wrap items-baseline gap-x-1.5">
        <span className={cn("truncate font-semibold text-lg tracking-[-0.01em]", tone && TONE[tone])}>
          {children}
        </span>
        {detail ? <span className="text-muted text-xs">{detail}</span> : null}
      </dd>
    </div>
  );
}
