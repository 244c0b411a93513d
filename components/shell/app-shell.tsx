import type { ReactNode } from "react";
import type { Me } from "#lib/contract/index.ts";
import { CommandMenuHost } from "./command-menu-host.tsx";
import { Hotkeys } from "./hotkeys.tsx";
import { MobileBar } from "./mobile-bar.tsx";
import { Sidebar } from "./sidebar.tsx";

/** Navigation around every page of an organization. */
export function AppShell({ org, me, children }: { org: string; me: Me; children: ReactNode }) {
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-60 rounded-md bg-fg px-3 py-2 text-bg focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r md:block">
        <Sidebar org={org} me={me} />
      </aside>
      <MobileBar org={org} me={me} />
      <main id="content" tabIndex={-1} className="min-w-0 outline-none">
        {children}
      </main>
      <CommandMenuHost org={org} organizations={me.organizations} />
      <Hotkeys />
    </div>
  );
}
