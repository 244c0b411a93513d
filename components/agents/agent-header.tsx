"use client";

import { KeyRound, LayoutGrid, Server as ServerIcon, Settings, Wallet } from "lucide-react";
import { NavigationCommand } from "#components/shell/navigation-command.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { TabLinks } from "#components/shell/tab-links.tsx";
import { WhyReadOnly } from "#components/shell/why-read-only.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { useAgent } from "./agent-context.tsx";
import { AgentStatusPill } from "./agent-status-pill.tsx";
import { PauseButton } from "./pause-button.tsx";

/** The head of every page of an agent: what it is called, whether it may call, and its tabs. */
export function AgentHeader() {
  const { org, agent, mayWrite } = useAgent();
  const base = `/${org}/agents/${agent.id}`;
  const pages = [
    { label: "Overview", href: base, icon: LayoutGrid, keys: "g w" },
    {
      label: "Servers and tools",
      href: `${base}/servers`,
      icon: ServerIcon,
      keys: "g v",
      count: agent.serverCount,
    },
    { label: "Budget & Usage", href: `${base}/budget`, icon: Wallet, keys: "g b" },
    { label: "Keys", href: `${base}/keys`, icon: KeyRound, keys: "g k", count: agent.keyCount },
    { label: "Settings", href: `${base}/settings`, icon: Settings, keys: "g e" },
  ];
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Agents", href: `/${org}/agents` }]}
        title={agent.name}
        aside={<AgentStatusPill agent={agent} />}
        actions={mayWrite ? <PauseButton /> : <WhyReadOnly changing="agents" />}
      >
        <TabLinks
          label="Agent"
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
        <NavigationCommand key={page.href} item={page} group="This agent" />
      ))}
    </>
  );
}
