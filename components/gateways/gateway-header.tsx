"use client";

import {
  FileText,
  KeyRound,
  LayoutGrid,
  Server as ServerIcon,
  Settings,
  ShieldCheck,
  Stethoscope,
} from "lucide-react";
import { NavigationCommand } from "#components/shell/navigation-command.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { TabLinks } from "#components/shell/tab-links.tsx";
import { WhyReadOnly } from "#components/shell/why-read-only.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { AccessBadges } from "./access-badges.tsx";
import { useGateway } from "./gateway-context.tsx";

/** The head of every page of a gateway: what it is called, how one gets in, and its tabs. */
export function GatewayHeader() {
  const { org, gateway, mayWrite } = useGateway();
  const base = `/${org}/gateways/${gateway.id}`;
  const pages = [
    { label: "Overview", href: base, icon: LayoutGrid, keys: "g w" },
    {
      label: "Servers",
      href: `${base}/servers`,
      icon: ServerIcon,
      keys: "g v",
      count: gateway.servers.length,
    },
    { label: "Grants", href: `${base}/grants`, icon: ShieldCheck, keys: "g r", count: gateway.grantCount },
    { label: "Keys", href: `${base}/keys`, icon: KeyRound, keys: "g k", count: gateway.keyCount },
    { label: "Logs", href: `${base}/logs`, icon: FileText, keys: "g l" },
    { label: "Doctor", href: `${base}/doctor`, icon: Stethoscope, keys: "g d" },
    { label: "Settings", href: `${base}/settings`, icon: Settings, keys: "g e" },
  ];
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Gateways", href: `/${org}/gateways` }]}
        title={gateway.name}
        aside={<AccessBadges access={gateway.access} />}
        actions={mayWrite ? null : <WhyReadOnly changing="gateways" />}
      >
        <TabLinks
          label="Gateway"
          tabs={pages.map(({ label, href, count }) => ({
            href,
            label:
              count === undefined ? (
                label
              ) : (
                <>
                  {label} <span className="text-faint">{formatCount(count)}</span>
                </>
              ),
          }))}
        />
      </PageHeader>
      {pages.map((page) => (
        <NavigationCommand key={page.href} item={page} group="This gateway" />
      ))}
    </>
  );
}
