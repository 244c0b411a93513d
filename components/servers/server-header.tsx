"use client";

import { FileText, FlaskConical, LayoutGrid, Settings, Wrench, Zap } from "lucide-react";
import { LiveLogDialog } from "#components/log-stream/live-log-dialog.tsx";
import { useCommand } from "#components/shell/commands.ts";
import { NavigationCommand } from "#components/shell/navigation-command.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { TabLinks } from "#components/shell/tab-links.tsx";
import { GatewayLink } from "./gateway-link.tsx";
import { RunSmokeButton } from "./run-smoke-button.tsx";
import { useServer } from "./server-context.tsx";
import { ServerStatusPill } from "./server-status-pill.tsx";
import { ServerUrl } from "./server-url.tsx";
import { useRunSmoke } from "./use-run-smoke.ts";

/** The head of every page of a server: what it is, whether it serves, where, and the two things one comes for. */
export function ServerHeader() {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const smoke = useRunSmoke(org, server);
  const base = `/${org}/servers/${server.slug}`;
  const maySmoke = can("checks:run") && server.status === "active";
  useCommand({
    id: "server.smoke",
    label: "Run smoke",
    group: "This server",
    icon: FlaskConical,
    run: () => {
      if (maySmoke) smoke.mutate();
    },
  });
  const pages = [
    { label: "Overview", href: base, icon: LayoutGrid, keys: "g w" },
    { label: "Hosting", href: `${base}/hosting`, icon: Zap, keys: "g h" },
    { label: "Logs", href: `${base}/logs`, icon: FileText, keys: "g l", hasChildren: true },
    { label: "Tools", href: `${base}/tools`, icon: Wrench, keys: "g t" },
    { label: "Settings", href: `${base}/settings`, icon: Settings, keys: "g e" },
  ];
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Servers", href: `/${org}/servers` }]}
        title={server.name}
        aside={
          <>
            <ServerStatusPill status={server.status} />
            <ServerUrl url={server.mcpUrl} className="max-w-full sm:max-w-md" />
            {server.gateway ? (
              <GatewayLink org={org} gateway={server.gateway} className="min-h-6 max-w-44 text-xs" />
            ) : null}
          </>
        }
        actions={
          <>
            <LiveLogDialog organization={org} server={server} />
            <RunSmokeButton smoke={smoke} />
          </>
        }
      >
        <TabLinks
          label="Server"
          tabs={pages.map(({ label, href, hasChildren }) => ({
            href,
            ...(hasChildren ? { hasChildren } : {}),
            label:
              label === "Tools" && server.toolCount !== null ? (
                <>
                  {label} <span className="text-faint">{server.toolCount}</span>
                </>
              ) : (
                label
              ),
          }))}
        />
      </PageHeader>
      {pages.map((page) => (
        <NavigationCommand key={page.href} item={page} group="This server" />
      ))}
    </>
  );
}
