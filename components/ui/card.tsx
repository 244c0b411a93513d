import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names.ts";

interface CardProps extends Omit<ComponentProps<"section">, "title"> {
  title?: ReactNode;
  /** Beside the title: a pill, a count. */
  aside?: ReactNode;
  /** At the right end of the title line: buttons, a time. */
  actions?: ReactNode;
}

/** One box with one subject. */
export function Card({ title, aside, actions, className, children, ...props }: CardProps) {
  return (
    <section className={cn("min-w-0 overflow-hidden rounded-lg border bg-surface", className)} {...props}>
      {title ? (
        <header className="flex min-h-10.5 flex-wrap items-center gap-x-2.5 gap-y-1 border-b px-4 py-1.5">
          <h2 className="font-semibold text-sm">{title}</h2>
          {aside}
          {actions ? <div className="ml-auto flex items-center gap-2">{actions}</div> : null}
        </header>
      ) : null}
      {children}
    </section>
  );
}
