"use client";

import { Bell, Footprints, Wallet } from "lucide-react";
import { startHref } from "#components/incidents/start-href.ts";
import { NavigationCommand } from "./navigation-command.tsx";
import { useOrganization } from "./organization-context.tsx";

const PAGES = [
  { label: "Billing", path: "billing", icon: Wallet, keys: "g m", scope: "billing:read" },
  { label: "Alerts", path: "alerts", icon: Bell, keys: "g n", scope: "alerts:read" },
] as const;

/** Offers what has keys of its own and no place in the sidebar, to those who may see it; renders nothing. */
export function LaterCommands({ org }: { org: string }) {
  const { can } = useOrganization();
  return (
    <>
      {PAGES.filter(({ scope }) => can(scope)).map(({ path, ...page }) => (
        <NavigationCommand key={path} item={{ ...page, href: `/${org}/settings/${path}` }} />
      ))}
      {can("incidents:write") ? (
        <NavigationCommand
          item={{ label: "Start walkthrough", href: startHref(org), icon: Footprints, keys: "g x" }}
          group="Actions"
        />
      ) : null}
    </>
  );
}
