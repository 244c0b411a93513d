"use client";

// Which tools does this server offer, what do they take, and do they work?

import { useQuery } from "@tanstack/react-query";
import { SearchX, Wrench } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, useQueryStates } from "nuqs";
import { useRef } from "react";
import { RunSmokeButton } from "#components/servers/run-smoke-button.tsx";
import { useServer } from "#components/servers/server-context.tsx";
import { useRunSmoke } from "#components/servers/use-run-smoke.ts";
import { useCommand } from "#components/shell/commands.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { toolsQuery } from "#lib/client/queries/servers.ts";
import { ToolDetails } from "./tool-details.tsx";
import { ToolList } from "./tool-list.tsx";

// Needed only where something changed, and then folded or above what was asked for.
const DriftPanel = dynamic(() => import("./drift-panel.tsx").then((module) => module.DriftPanel));

const ROWS_OF_SKELETON = ["a", "b", "c", "d", "e", "f"];

export function ServerTools() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const query = useQuery(toolsQuery(org, server.slug));
  const smoke = useRunSmoke(org, server);
  const [search, setSearch] = useQueryStates({ tool: parseAsString, q: parseAsString.withDefault("") });
  const filter = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  useCommand({
    id: "tools.filter",
    label: "Filter tools",
    group: "Actions",
    keys: "/",
    run: () => filter.current?.focus(),
  });
  if (query.data === undefined) {
    return (
      <PageBody>
        <Card>
          {query.isError ? (
            <QueryError query={query} title="The tools could not be loaded" />
          ) : (
            <ToolsSkeleton />
          )}
        </Card>
      </PageBody>
    );
  }
  const { tools, asOf } = query.data;
  if (tools.length === 0) {
    return (
      <PageBody>
        <Card>
          <EmptyState icon={Wrench} title="No tools known" action={<RunSmokeButton smoke={smoke} />}>
            {asOf === null
              ? "The tools are known after the first smoke test that passed. It opens a real MCP session and lists them."
              : "The last smoke test passed, and the server listed no tools."}
          </EmptyState>
        </Card>
      </PageBody>
    );
  }
  const wanted = search.q.toLowerCase();
  const shown = tools.filter((tool) =>
    `${tool.name} ${tool.title ?? ""} ${tool.description ?? ""}`.toLowerCase().includes(wanted),
  );
  const selected =
    tools.find((tool) => tool.name === search.tool) ?? (search.tool === null ? tools[0] : undefined);
  return (
    <PageBody className="items-start lg:grid-cols-[minmax(16rem,22rem)_minmax(0,1fr)]">
      <div className="min-w-0 empty:hidden lg:col-span-2">
        <DriftPanel />
      </div>
      <div className="grid min-w-0 gap-2 lg:sticky lg:top-4">
        <StaleNotice query={query} />
        <SearchInput
          ref={filter}
          aria-label="Filter tools"
          placeholder="Filter tools"
          value={search.q}
          onChange={(event) => void setSearch({ q: event.target.value || null })}
        />
        <Card>
          <div ref={list}>
            <ToolList
              tools={shown}
              selected={selected?.name ?? null}
              onSelect={(tool) => void setSearch({ tool }, { history: "push" })}
            />
          </div>
        </Card>
        {asOf ? (
          <p className="px-1 text-faint text-xs">
            As the smoke test saw them <Time value={asOf} />
          </p>
        ) : null}
      </div>
      {selected ? (
        <ToolDetails key={selected.name} tool={selected} />
      ) : (
        <Card>
          <EmptyState icon={SearchX} title={`There is no tool ${search.tool}`}>
            The last smoke test did not see it. It may have been renamed or removed.
          </EmptyState>
        </Card>
      )}
    </PageBody>
  );
}

function ToolsSkeleton() {
  return (
    <ul aria-busy="true" className="divide-y">
      {ROWS_OF_SKELETON.map((row) => (
        <li key={row} className="grid h-14 content-center gap-1.5 px-4">
          <Skeleton className="w-40" />
          <Skeleton className="h-3 w-72" />
        </li>
      ))}
    </ul>
  );
}
