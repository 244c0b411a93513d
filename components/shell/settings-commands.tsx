"use client";

import { Bell, Wallet } from "lucide-react";
import { NavigationCommand } from "./navigation-command.tsx";
import { useOrganization } from "./organization-context.tsx";

const PAGES = [
  { label: "Billing", path: "billing", icon: Wallet, keys: "g m", scope: "billing:read" },
  { label: "Alerts", path: "alerts", icon: Bell, keys: "g n", scope: "alerts:read" },
] as const;

/** Offers the pages of the settings that have keys of their own, to those who may see them; renders nothing. */
export function SettingsCommands({ org }: { org: string }) {
  const { can } = useOrganization();
  return PAGES.filter(({ scope }) => can(scope)).map(({ path, ...page }) => (
    <NavigationCommand key={path} item={{ ...page, href: `/${org}/settings/${path}` }} />
  ));
}
