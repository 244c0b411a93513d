"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { cn } from "#components/ui/class-names.ts";
import { tabListStyle, tabStyle } from "#components/ui/tab-style.ts";

export interface TabLink {
  label: ReactNode;
  href: string;
  /** Also current on every page below it. */
  hasChildren?: boolean;
}

/** How much of its neighbour shows beside a tab that was scrolled to. */
const EDGE_PX = 24;

/** Tabs that are pages: each has its own address. */
export function TabLinks({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  const pathname = usePathname();
  const strip = useRef<HTMLElement>(null);
  const currentHref = tabs.find(
    (tab) => pathname === tab.href || (tab.hasChildren === true && pathname.startsWith(`${tab.href}/`)),
  )?.href;
  // External system: the strip's scroll position. On a phone the current tab may lie outside of it.
  useEffect(() => {
    const current = [...(strip.current?.children ?? [])].find(
      (link) => link.getAttribute("href") === currentHref,
    );
    if (!strip.current || !current) return;
    const [seen, wanted] = [strip.current.getBoundingClientRect(), current.getBoundingClientRect()];
    if (wanted.right > seen.right) strip.current.scrollLeft += wanted.right - seen.right + EDGE_PX;
    else if (wanted.left < seen.left) strip.current.scrollLeft -= seen.left - wanted.left + EDGE_PX;
  }, [currentHref]);
  return (
    <nav ref={strip} aria-label={label} className={cn(tabListStyle, "border-b-0")}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.href === currentHref ? "page" : undefined}
          className={tabStyle}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
