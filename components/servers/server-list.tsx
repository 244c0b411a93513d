"use client";

// Which servers are there, do they serve, and which one needs a look?

import { useQuery } from "@tanstack/react-query";
import { Plus, ScrollText, Search, SearchX, Server as ServerIcon } from "lucide-react";
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
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { SearchInput } from "#components/ui/search-input.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { SORT_DIRECTIONS } from "#components/ui/sorting.ts";
import { serversQuery } from "#lib/client/queries/servers.ts";
import { SERVER_SORTS, SERVER_STATUS_FILTERS, viewOfServers } from "./server-list-filter.ts";
import { ServerTable } from "./server-table.tsx";
import { ServerTableSkeleton } from "./server-table-skeleton.tsx";

const STATUS_OPTIONS = [
  { value: "all", label: "All" },
  { value: "active", label: "Active" },
  { value: "inactive", label: "Inactive" },
  { value: "draft", label: "Draft" },
] as const;

export function ServerList() {
  const { slug: org, can } = useOrganization();
  const servers = useQuery(serversQuery(org));
  const [view, setView] = useQueryStates({
    q: parseAsString.withDefault(""),
    status: parseAsStringLiteral(SERVER_STATUS_FILTERS).withDefault("all"),
    sort: parseAsStringLiteral(SERVER_SORTS).withDefault("name"),
    direction: parseAsStringLiteral(SORT_DIRECTIONS).withDefault("asc"),
  });
  const filter = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLDivElement>(null);
  useCommand({
    id: "servers.filter",
    label: "Filter servers",
    group: "Actions",
    icon: Search,
    keys: "/",
    run: () => filter.current?.focus(),
  });
  useRowKeys(table);
  const shown = servers.data ? viewOfServers(servers.data, { ...view, text: view.q }) : [];
  const create = can("servers:write") ? (
    <Button asChild variant="primary">
      <Link href={`/${org}/servers/new`}>
        <Plus aria-hidden="true" />
        New server
      </Link>
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title="Servers"
        actions={
          <>
            {servers.data?.some(({ status }) => status === "active") ? (
              <Button asChild>
                <Link href={`/${org}/logs`}>
                  <ScrollText aria-hidden="true" />
                  Live logs
                </Link>
              </Button>
            ) : null}
            {create}
          </>
        }
      />
      <PageBody>
        <StaleNotice query={servers} />
        {servers.data?.length === 0 ? (
          <Card>
            <EmptyState icon={ServerIcon} title="No servers yet" action={create}>
              A server is MCP code that runs here, or a URL that this installation stands in front of. Create
              one to get an MCP URL, live logs and a request history.
            </EmptyState>
          </Card>
        ) : (
          <>
            <div className="flex flex-wrap items-center gap-2">
              <SearchInput
                ref={filter}
                aria-label="Filter servers"
                value={view.q}
                onChange={(event) => void setView({ q: event.target.value || null })}
                placeholder="Name, slug or id"
                className="min-w-44 flex-1 sm:max-w-xs"
              />
              <SegmentedControl
                label="Status"
                value={view.status}
                onChange={(status) => void setView({ status })}
                options={STATUS_OPTIONS}
              />
              {servers.data ? (
                <span className="ml-auto text-faint text-xs" role="status">
                  {shown.length === servers.data.length
                    ? formatCounted(shown.length, "server")
                    : `${shown.length} of ${formatCounted(servers.data.length, "server")}`}
                </span>
              ) : null}
            </div>
            <Card>
              <div ref={table}>
                {servers.data === undefined ? (
                  servers.isError ? (
                    <QueryError query={servers} title="The servers could not be loaded" />
                  ) : (
                    <ServerTableSkeleton />
                  )
                ) : shown.length === 0 ? (
                  <EmptyState
                    icon={SearchX}
                    title="No server matches"
                    action={<Button onClick={() => void setView(null)}>Show all servers</Button>}
                  />
                ) : (
                  <ServerTable
                    org={org}
                    servers={shown}
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
