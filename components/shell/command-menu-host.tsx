"use client";

import { Keyboard } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect } from "react";
import type { Organization } from "#lib/contract/index.ts";
import { openCommandMenu, openShortcuts, setShellDialog, useShellDialog } from "./command-menu-state.ts";
import { useCommand } from "./commands.ts";
import { navigationOf } from "./navigation.ts";
import { NavigationCommand } from "./navigation-command.tsx";
import { NewServerCommand } from "./new-server-command.tsx";
import { useOrganization } from "./organization-context.tsx";

// Arrives after the page, like everything that it leads to.
const LaterCommands = dynamic(() => import("./later-commands.tsx").then((module) => module.LaterCommands), {
  ssr: false,
});
// Both arrive when they are first asked for; they are no part of the first load.
const CommandMenu = dynamic(() => import("./command-menu.tsx").then((module) => module.CommandMenu), {
  ssr: false,
});
const ShortcutsDialog = dynamic(
  () => import("./shortcuts-dialog.tsx").then((module) => module.ShortcutsDialog),
  {
    ssr: false,
  },
);

/** Offers the commands that work on every page, and opens the command menu and the list of keys. */
export function CommandMenuHost({ org, organizations }: { org: string; organizations: Organization[] }) {
  const { can } = useOrganization();
  const open = useShellDialog();
  useCommand({
    id: "shortcuts",
    label: "Keyboard shortcuts",
    group: "Actions",
    icon: Keyboard,
    keys: "?",
    run: openShortcuts,
  });
  // External system: the window's keyboard; ⌘K works inside fields too.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.metaKey || event.ctrlKey) ||
        event.shiftKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      openCommandMenu();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  const close = () => setShellDialog("none");
  return (
    <>
      {navigationOf(org).map((item) => (
        <NavigationCommand key={item.href} item={item} />
      ))}
      <LaterCommands org={org} />
      {can("servers:write") ? <NewServerCommand org={org} /> : null}
      {open === "menu" ? <CommandMenu org={org} organizations={organizations} onClose={close} /> : null}
      {open === "shortcuts" ? <ShortcutsDialog onClose={close} /> : null}
    </>
  );
}
