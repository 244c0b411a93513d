import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

interface EmptyStateProps {
  icon?: LucideIcon;
  title: string;
  /** The element of the title; a page that holds nothing else makes it its heading. */
  as?: "p" | "h1";
  /** What it means that nothing is here. */
  children?: ReactNode;
  /** The next step: a real button or command. */
  action?: ReactNode;
  className?: string;
}

/** Nothing is here: says why, and what to do next. */
export function EmptyState({
  icon: Icon,
  title,
  as: Title = "p",
  children,
  action,
  className,
}: EmptyStateProps) {
  return (
    <div className={cn("grid justify-items-center gap-1 px-6 py-10 text-center", className)}>
      {Icon ? (
        <span className="mb-2 grid size-9 place-items-center rounded-lg border bg-raised/60">
          <Icon aria-hidden="true" className="size-4 text-muted" />
        </span>
      ) : null}
      <Title className="font-medium text-sm">{title}</Title>
      {children ? <div className="max-w-md text-balance text-muted text-sm">{children}</div> : null}
      {action ? <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
