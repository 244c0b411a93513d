"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "#components/ui/class-names.ts";
import { tabListStyle, tabStyle } from "#components/ui/tab-style.ts";

export interface TabLink {
  label: ReactNode;
  href: string;
  /** Also current on every page below it. */
  hasChildren?: boolean;
}

/** Tabs that are pages: each has its own address. */
export function TabLinks({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className={cn(tabListStyle, "border-b-0")}>
      {tabs.map((tab) => {
        const current =
          pathname === tab.href || (tab.hasChildren === true && pathname.startsWith(`${tab.href}/`));
        return (
          <Link
            key={tab.href}
            href={tab.href}
            aria-current={current ? "page" : undefined}
            className={tabStyle}
          >
            {tab.label}
          </Link>
        );
      })}
    </nav>
  );
}
