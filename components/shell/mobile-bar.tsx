"use client";

import { Menu, Search } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { Me } from "#lib/contract/index.ts";
import { BrandMark } from "./brand-mark.tsx";
import { openCommandMenu } from "./command-menu-state.ts";

const load = () => import("./mobile-drawer.tsx").then((module) => module.MobileDrawer);
const MobileDrawer = dynamic(load, { ssr: false });

/** The top bar of a phone; the sidebar comes as a drawer. */
export function MobileBar({ org, me }: { org: string; me: Me }) {
  const [open, setOpen] = useState(false);
  const name = me.organizations.find((organization) => organization.slug === org)?.name ?? org;
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-bg/95 px-2 backdrop-blur-sm md:hidden">
      <Button
        variant="ghost"
        size="icon"
        aria-label="Open navigation"
        aria-expanded={open}
        onPointerEnter={() => void load()}
        onClick={() => setOpen(true)}
      >
        <Menu aria-hidden="true" />
      </Button>
      {open ? <MobileDrawer org={org} me={me} onClose={() => setOpen(false)} /> : null}
      <Link href={`/${org}`} className="flex min-w-0 flex-1 items-center gap-2 rounded-sm font-semibold">
        <BrandMark className="size-5" />
        <span className="truncate">{name}</span>
      </Link>
      <Button variant="ghost" size="icon" aria-label="Search" onClick={openCommandMenu}>
        <Search aria-hidden="true" />
      </Button>
    </header>
  );
}
