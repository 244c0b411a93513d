"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "#components/ui/class-names.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import type { Me } from "#lib/contract/index.ts";
import { openCommandMenu } from "./command-menu-state.ts";
import { isCurrent, navigationOf } from "./navigation.ts";
import { OrganizationSwitch } from "./organization-switch.tsx";
import { UserMenu } from "./user-menu.tsx";

// Counted after the page is there, so that nobody waits for it.
const OpenIncidentsCount = dynamic(
  () => import("./open-incidents-count.tsx").then((module) => module.OpenIncidentsCount),
  { ssr: false },
);

interface SidebarProps {
  org: string;
  me: Me;
  /** Called when a link was followed; the drawer on a phone closes then. */
  onNavigate?: () => void;
}

/** Organization, search, pages, and the person. */
export function Sidebar({ org, me, onNavigate }: SidebarProps) {
  const pathname = usePathname();
  return (
    <div className="flex h-full flex-col gap-3 p-2.5">
      <OrganizationSwitch org={org} organizations={me.organizations} />
      <button
        type="button"
        onClick={() => {
          onNavigate?.();
          openCommandMenu();
        }}
        className="flex h-8 items-center gap-2 rounded-md border border-line bg-surface px-2 text-faint shadow-button transition-colors hover:border-faint/60"
      >
        <Search aria-hidden="true" className="size-3.5" />
        <span className="flex-1 text-left">Search</span>
        <Kbd>⌘K</Kbd>
      </button>
      <nav aria-label="Main" className="grid gap-px">
        {navigationOf(org).map((item) => {
          const current = isCurrent(item, pathname);
          return (
            <Link
              key={item.href}
              href={item.href}
              aria-current={current ? "page" : undefined}
              onClick={onNavigate}
              className={cn(
                "flex h-8 items-center gap-2 rounded-md px-2 text-muted transition-colors hover:bg-raised hover:text-fg",
                current && "bg-raised font-medium text-fg",
              )}
            >
              <item.icon aria-hidden="true" className={cn("size-3.75", current ? "text-fg" : "text-faint")} />
              {item.label}
              {item.counts === "open incidents" ? <OpenIncidentsCount org={org} /> : null}
            </Link>
          );
        })}
      </nav>
      <div className="mt-auto">
        <UserMenu org={org} me={me} />
      </div>
    </div>
  );
}
