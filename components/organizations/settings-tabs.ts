import type { Scope } from "#lib/contract/index.ts";

interface SettingsTab {
  label: string;
  path: string;
  /** Without it the tab is not shown; the page itself says why it is denied. */
  scope?: Scope;
}

/** The pages of an organization's settings. */
export const SETTINGS_TABS: readonly SettingsTab[] = [
  { label: "General", path: "" },
  { label: "Members", path: "/members", scope: "members:read" },
  { label: "Billing", path: "/billing", scope: "billing:read" },
  { label: "Alerts", path: "/alerts", scope: "alerts:read" },
  { label: "API tokens", path: "/api-tokens", scope: "tokens:read" },
  { label: "Log drains", path: "/log-drains", scope: "drains:read" },
  { label: "Audit log", path: "/audit-log", scope: "audit:read" },
  { label: "Profile", path: "/profile" },
];
