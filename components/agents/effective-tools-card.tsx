"use client";

import { useQuery } from "@tanstack/react-query";
import { SearchX, Wrench } from "lucide-react";
import { parseAsBoolean, parseAsString, useQueryStates } from "nuqs";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { SearchInput } from "#components/ui/search-input.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { agentServersQuery, agentToolsQuery } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";
import { EffectiveToolsTable, EffectiveToolsTableSkeleton } from "./effective-tools-table.tsx";

/** Rows that are drawn at once; the text field narrows the rest. */
const ROWS_SHOWN_MAX = 500;

/** Every tool of the attached servers as the agent gets it: allowed, or missing with the reason and what to do. */
export function EffectiveToolsCard() {
  const { org, agent } = useAgent();
  const tools = useQuery(agentToolsQuery(org, agent.id));
  const servers = useQuery(agentServersQuery(org, agent.id));
  const [view, setView] = useQueryStates({
    q: parseAsString.withDefault(""),
    missing: parseAsBoolean.withDefault(false),
  });
  const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = (tools.data ?? [])
    .filter((tool) => !view.missing || !tool.isAllowed)
    .filter((tool) => {
      const haystack = `${tool.tool ?? ""} ${tool.serverSlug} ${tool.reason}`.toLowerCase();
      return words.every((word) => haystack.includes(word));
    });
  const counted = (tools.data ?? []).filter(({ reason }) => reason !== "not_attached");
  const missing = counted.filter(({ isAllowed }) => !isAllowed).length;
  return (
    <>
      <StaleNotice query={tools} />
      <Card
        title="Effective tools"
        aside={
          counted.length > 0 ? (
            <span className="text-faint">
              {formatCount(counted.length - missing)} allowed, {formatCount(missing)} missing
            </span>
          ) : null
        }
      >
        {tools.data && tools.data.length > 0 ? (
          <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2.5">
            <SearchInput
              aria-label="Filter tools"
              value={view.q}
              onChange={(event) => void setView({ q: event.target.value || null })}
              placeholder="Tool, server or reason"
              className="min-w-40 flex-1 sm:max-w-xs"
            />
            <SegmentedControl
              label="Which tools"
              value={view.missing ? "missing" : "all"}
              onChange={(value) => void setView({ missing: value === "missing" || null })}
              options={[
                { value: "all", label: "All" },
                { value: "missing", label: "Missing only" },
              ]}
            />
          </div>
        ) : null}
        {tools.data === undefined ? (
          tools.isError ? (
            <QueryError query={tools} title="The tools could not be loaded" />
          ) : (
            <EffectiveToolsTableSkeleton />
          )
        ) : tools.data.length === 0 ? (
          <EmptyState icon={Wrench} title="No tools">
            Tools appear here once there is a server.
          </EmptyState>
        ) : shown.length === 0 ? (
          <EmptyState
            icon={SearchX}
            title={view.missing && view.q === "" ? "Nothing is missing" : "No tool matches"}
            action={<Button onClick={() => void setView(null)}>Show all tools</Button>}
          >
            {view.missing && view.q === "" ? "This agent may call every tool of its servers." : null}
          </EmptyState>
        ) : (
          <EffectiveToolsTable
            org={org}
            tools={shown.slice(0, ROWS_SHOWN_MAX)}
            servers={servers.data ?? []}
          />
        )}
        {shown.length > ROWS_SHOWN_MAX ? (
          <p className="border-t px-4 py-2 text-muted text-xs">
            The first {formatCount(ROWS_SHOWN_MAX)} of {formatCount(shown.length)}. Type a part of a name to
            narrow them.
          </p>
        ) : null}
      </Card>
    </>
  );
}
