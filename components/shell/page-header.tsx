import Link from "next/link";
import type { ReactNode } from "react";

interface PageHeaderProps {
  /** The way here, outermost first; the title is not part of it. */
  crumbs?: readonly { label: string; href: string }[];
  title: ReactNode;
  /** Beside the title: a status, a URL. */
  aside?: ReactNode;
  actions?: ReactNode;
  /** Tabs at its lower edge. */
  children?: ReactNode;
}

/** The head of a page: where am I, what is this, what can I do. */
export function PageHeader({ crumbs = [], title, aside, actions, children }: PageHeaderProps) {
  return (
    <header className="border-b px-4 pt-4 md:px-6">
      {crumbs.length > 0 ? (
        <nav aria-label="Breadcrumbs">
          <ol className="flex flex-wrap items-center gap-1.5 text-faint text-xs">
            {crumbs.map((crumb, index) => (
              <li key={crumb.href} className="flex items-center gap-1.5">
                {index > 0 ? <span aria-hidden="true">/</span> : null}
                <Link href={crumb.href} className="rounded-sm hover:text-fg">
                  {crumb.label}
                </Link>
              </li>
            ))}
          </ol>
        </nav>
      ) : null}
      <div className="mt-1 mb-3 flex min-h-8 flex-wrap items-center gap-x-2.5 gap-y-2">
        <h1 className="min-w-0 break-words font-semibold text-xl tracking-[-0.012em]">{title}</h1>
        {aside}
        {actions ? <div className="flex flex-wrap items-center gap-2 sm:ml-auto">{actions}</div> : null}
      </div>
      {children}
    </header>
  );
}
