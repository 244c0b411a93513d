import { Bot, ChartColumn, LayoutGrid, type LucideIcon, Server, Settings, Shield, Siren } from "lucide-react";

export interface NavigationItem {
  label: string;
  href: string;
  icon: LucideIcon;
  keys: string;
  /** Also current on every page below it. */
  hasChildren: boolean;
  /** What is counted beside its name. */
  counts?: "open incidents";
}

/** The pages of an organization, in the order of the sidebar. */
export const navigationOf = (org: string): readonly NavigationItem[] => [
  { label: "Overview", href: `/${org}`, icon: LayoutGrid, keys: "g o", hasChildren: false },
  { label: "Servers", href: `/${org}/servers`, icon: Server, keys: "g s", hasChildren: true },
  { label: "Gateways", href: `/${org}/gateways`, icon: Shield, keys: "g g", hasChildren: true },
  { label: "Agents", href: `/${org}/agents`, icon: Bot, keys: "g a", hasChildren: true },
  { label: "Usage", href: `/${org}/usage`, icon: ChartColumn, keys: "g u", hasChildren: true },
  {
    label: "Incidents",
    href: `/${org}/incidents`,
    icon: Siren,
    keys: "g i",
    hasChildren: true,
    counts: "open incidents",
  },
  { label: "Settings", href: `/${org}/settings`, icon: Settings, keys: "g ,", hasChildren: true },
];

export const isCurrent = (item: Pick<NavigationItem, "href" | "hasChildren">, pathname: string): boolean =>
  pathname === item.href || (item.hasChildren && pathname.startsWith(`${item.href}/`));
