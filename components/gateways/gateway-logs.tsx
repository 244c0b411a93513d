"use client";

// Who was let through, who was turned away, and why?

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { History } from "lucide-react";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import { useRef } from "react";
import { NoMatch, NoSuchPage } from "#components/requests/empty-page.tsx";
import { LogFreshness } from "#components/requests/log-freshness.tsx";
import { useRequestHref } from "#components/requests/use-request-href.ts";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useAddressWith } from "#components/shell/use-address-with.ts";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/class-names.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { gatewayLogQuery, newerDecisionsQuery } from "#lib/client/queries/gateway-logs.ts";
import { gatewayKey } from "#lib/client/queries/gateways.ts";
import type { GatewayLogRow } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";
import { GatewayLogFilters } from "./gateway-log-filters.tsx";
import {
  type GatewayLogChange,
  gatewayLogSearch,
  isNarrowed,
  NO_FILTERS,
  viewOf,
} from "./gateway-log-search.ts";
import { GatewayLogTable, GatewayLogTableSkeleton } from "./gateway-log-table.tsx";
import { LiveOnlyNotice } from "./live-only-notice.tsx";

// Arrives with the first row that somebody opens.
const DecisionDrawer = dynamic(
  () => import("./decision-drawer.tsx").then((module) => module.DecisionDrawer),
  { ssr: false },
);

export function GatewayLogs() {
  const { org, gateway } = useGateway();
  const [search, setSearch] = useQueryStates(gatewayLogSearch, { history: "push" });
  const view = viewOf(search);
  const log = useQuery({ ...gatewayLogQuery(org, gateway.id, view), placeholderData: keepPreviousData });
  const newer = useQuery(
    newerDecisionsQuery(org, gateway.id, view, log.isPlaceholderData ? undefined : log.data),
  );
  const table = useRef<HTMLDivElement>(null);
  useRowKeys(table);
  const hrefOf = useRequestHref();
  const addressWith = useAddressWith();
  const queryClient = useQueryClient();
  const page = log.data?.page;
  const change = (part: GatewayLogChange) => void setSearch(part);
  const pageChange = (next: number) => ({ page: next === 1 ? null : next, asOf: page?.asOf ?? null });
  const showNewest = () => {
    if (search.page === 1 && search.asOf === null) void log.refetch();
    else change({ page: null, asOf: null });
    void queryClient.invalidateQueries({ queryKey: [...gatewayKey(org, gateway.id), "logs-newer"] });
  };
  const moveFrom = (rows: readonly GatewayLogRow[]) => {
    const ids = [...new Set(rows.map((row) => row.requestId))];
    const at = ids.indexOf(search.request ?? "");
    if (at === -1) return undefined;
    return (step: 1 | -1) => {
      const next = ids[at + step];
      if (next !== undefined) void setSearch({ request: next }, { history: "replace" });
    };
  };
  return (
    <PageBody>
      <GatewayLogFilters search={search} rows={page?.data ?? []} onChange={change} />
      <LiveOnlyNotice />
      <StaleNotice query={log} />
      <Card>
        <LogFreshness
          page={search.page}
          newer={newer.data}
          pending={log.isFetching && !log.isPlaceholderData}
          onShowNewest={showNewest}
        />
        <div
          ref={table}
          aria-busy={log.isFetching || undefined}
          className={cn(log.isPlaceholderData && "opacity-60 transition-opacity")}
        >
          {page === undefined ? (
            log.isError ? (
              <QueryError query={log} title="The decisions could not be loaded" />
            ) : (
              <GatewayLogTableSkeleton />
            )
          ) : page.data.length === 0 ? (
            <NoDecisions
              isNarrowed={isNarrowed(search)}
              isBehindTheEnd={search.page > 1 && page.total > 0}
              onReset={() => change(NO_FILTERS)}
              onWiden={() => change({ window: "7d", from: null, to: null, page: null, asOf: null })}
              onFirst={() => change({ page: null })}
            />
          ) : (
            <GatewayLogTable
              rows={page.data}
              openId={search.request}
              hrefOf={(row) => hrefOf(row.requestId)}
              onOpen={(row) => change({ request: row.requestId })}
            />
          )}
        </div>
        {page && (page.data.length > 0 || search.page > 1) ? (
          <Pager
            page={page}
            hrefOf={(next) => addressWith(pageChange(next))}
            onPage={(next) => change(pageChange(next))}
          />
        ) : null}
      </Card>
      {search.request ? (
        <DecisionDrawer
          requestId={search.request}
          row={page?.data.find((row) => row.requestId === search.request) ?? null}
          onClose={() => void setSearch({ request: null })}
          onMove={moveFrom(page?.data ?? [])}
          onFilter={(filter) => change({ ...NO_FILTERS, ...filter, request: null })}
        />
      ) : null}
    </PageBody>
  );
}

interface NoDecisionsProps {
  isNarrowed: boolean;
  isBehindTheEnd: boolean;
  onReset: () => void;
  onWiden: () => void;
  onFirst: () => void;
}

function NoDecisions(props: NoDecisionsProps) {
  if (props.isBehindTheEnd) return <NoSuchPage rows="decisions" onFirst={props.onFirst} />;
  if (props.isNarrowed) return <NoMatch row="decision" onReset={props.onReset} />;
  return (
    <EmptyState
      icon={History}
      title="No decision in this window"
      action={<Button onClick={props.onWiden}>Look at 7 days</Button>}
    >
      Every request that comes to a public URL of this gateway appears here: who called, what was decided, and
      why.
    </EmptyState>
  );
}
