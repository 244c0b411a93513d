"use client";

// Which agents are there, what do they spend, and which one needs a look?

import { useQuery } from "@tanstack/react-query";
import { Bot, Plus, Search, SearchX } from "lucide-react";
import Link from "next/link";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useRef } from "react";
import { useCommand } from "#components/shell/commands.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { WhyReadOnly } from "#components/shell/why-read-only.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { SearchInput } from "#components/ui/search-input.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { SORT_DIRECTIONS } from "#components/ui/sorting.ts";
import { agentsQuery } from "#lib/client/queries/agents.ts";
import { AGENT_SORTS, AGENT_STATUS_FILTERS, viewOfAgents } from "./agent-list-filter.ts";
import { AgentTable } from "./agent-table.tsx";
import { AgentTableSkeleton } from "./agent-table-skeleton.tsx";

const STATUS_OPTIONS = [
  { value: "all", label: "All" },
  { value: "active", label: "Active" },
  { value: "paused", label: "Paused" },
] as const;

export function AgentList() {
  const { slug: org, can } = useOrganization();
  const agents = useQuery(agentsQuery(org));
  const [view, setView] = useQueryStates({
    q: parseAsString.withDefault(""),
    status: parseAsStringLiteral(AGENT_STATUS_FILTERS).withDefault("all"),
    sort: parseAsStringLiteral(AGENT_SORTS).withDefault("name"),
    direction: parseAsStringLiteral(SORT_DIRECTIONS).withDefault("asc"),
  });
  const filter = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLDivElement>(null);
  useCommand({
    id: "agents.filter",
    label: "Filter agents",
    group: "Actions",
    icon: Search,
    keys: "/",
    run: () => filter.current?.focus(),
  });
  useRowKeys(table);
  const shown = agents.data ? viewOfAgents(agents.data, { ...view, text: view.q }) : [];
  const create = can("agents:write") ? (
    <Button asChild variant="primary">
      <Link href={`/${org}/agents/new`}>
        <Plus aria-hidden="true" />
        New agent
      </Link>
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title="Agents" actions={create ?? <WhyReadOnly changing="agents" />} />
      <PageBody>
        <StaleNotice query={agents} />
        {agents.data?.length === 0 ? (
          <Card>
            <EmptyState icon={Bot} title="No agents yet" action={create}>
              An agent is a caller of yours: it has keys, servers that it may call, and a budget that really
              stops it. Every call and every credit is told by agent.
            </EmptyState>
            <div className="mx-auto grid max-w-md gap-1.5 px-6 pb-8">
              <p className="text-center text-faint text-xs">What it spends, in a terminal or a pipeline</p>
              <CodeBlock label="command" code="mcpstack agents usage <agent> --json" />
            </div>
          </Card>
        ) : (
          <>
            <div className="flex flex-wrap items-center gap-2">
              <SearchInput
                ref={filter}
                aria-label="Filter agents"
                value={view.q}
                onChange={(event) => void setView({ q: event.target.value || null })}
                placeholder="Name, id or description"
                className="min-w-44 flex-1 sm:max-w-xs"
              />
              <SegmentedControl
                label="Status"
                value={view.status}
                onChange={(status) => void setView({ status })}
                options={STATUS_OPTIONS}
              />
              {agents.data ? (
                <span className="ml-auto text-faint text-xs" role="status">
                  {shown.length === agents.data.length
                    ? formatCounted(shown.length, "agent")
                    : `${shown.length} of ${formatCounted(agents.data.length, "agent")}`}
                </span>
              ) : null}
            </div>
            <Card>
              <div ref={table}>
                {agents.data === undefined ? (
                  agents.isError ? (
                    <QueryError query={agents} title="The agents could not be loaded" />
                  ) : (
                    <AgentTableSkeleton />
                  )
                ) : shown.length === 0 ? (
                  <EmptyState
                    icon={SearchX}
                    title="No agent matches"
                    action={<Button onClick={() => void setView(null)}>Show all agents</Button>}
                  />
                ) : (
                  <AgentTable
                    org={org}
                    agents={shown}
                    sort={view.sort}
                    direction={view.direction}
                    onSort={(sort, direction) => void setView({ sort, direction })}
                  />
                )}
              </div>
            </Card>
          </>
        )}
      </PageBody>
    </>
  );
}
