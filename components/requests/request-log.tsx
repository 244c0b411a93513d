"use client";

// What was called, by whom, how did it end, how long did it take?

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { History, Radio } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { useRef } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/class-names.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { newerQuery, requestLogQuery } from "#lib/client/queries/requests.ts";
import { serverKey, toolsQuery } from "#lib/client/queries/servers.ts";
import type { RequestRow } from "#lib/contract/index.ts";
import { NoMatch, NoSuchPage } from "./empty-page.tsx";
import { LogFreshness } from "./log-freshness.tsx";
import { RequestFilters, type SearchChange } from "./request-filters.tsx";
import { isNarrowed, NO_FILTERS, requestSearch, viewOf } from "./request-search.ts";
import { RequestTable, RequestTableSkeleton } from "./request-table.tsx";
import { useRequestHref } from "./use-request-href.ts";

// Arrives with the first request that somebody opens.
const RequestDrawer = dynamic(() => import("./request-drawer.tsx").then((module) => module.RequestDrawer), {
  ssr: false,
});

export function RequestLog() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [search, setSearch] = useQueryStates(requestSearch, { history: "push" });
  const view = viewOf(search);
  const log = useQuery({ ...requestLogQuery(org, server.slug, view), placeholderData: keepPreviousData });
  const newer = useQuery(newerQuery(org, server.slug, view, log.isPlaceholderData ? undefined : log.data));
  const tools = useQuery(toolsQuery(org, server.slug));
  const table = useRef<HTMLDivElement>(null);
  useRowKeys(table);
  const hrefOf = useRequestHref();
  const queryClient = useQueryClient();
  const page = log.data?.page;
  const change = (part: SearchChange) => void setSearch(part);
  const showNewest = () => {
    if (search.page === 1 && search.asOf === null) void log.refetch();
    else change({ page: null, asOf: null });
    void queryClient.invalidateQueries({ queryKey: [...serverKey(org, server.slug), "requests-newer"] });
  };
  const moveFrom = (rows: readonly RequestRow[]) => {
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
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-0 flex-[1_1_100%] sm:flex-[1_1_0]">
          <RequestFilters
            search={search}
            tools={(tools.data?.tools ?? []).map((tool) => tool.name).sort()}
            onChange={change}
          />
        </div>
        <Button asChild>
          <Link href={`/${org}/servers/${server.slug}/logs/live`}>
            <Radio aria-hidden="true" />
            Live console
          </Link>
        </Button>
      </div>
      {server.retentionDays === 0 ? <LiveOnly org={org} slug={server.slug} /> : null}
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
              <QueryError query={log} title="The request log could not be loaded" />
            ) : (
              <RequestTableSkeleton />
            )
          ) : page.data.length === 0 ? (
            <NoRequests
              isNarrowed={isNarrowed(search)}
              isBehindTheEnd={search.page > 1 && page.total > 0}
              keepsHistory={server.retentionDays > 0}
              toolsHref={`/${org}/servers/${server.slug}/tools`}
              onReset={() => change(NO_FILTERS)}
              onWiden={() => change({ window: "7d", from: null, to: null, page: null, asOf: null })}
              onFirst={() => change({ page: null })}
            />
          ) : (
            <RequestTable
              rows={page.data}
              openId={search.request}
              hrefOf={(row) => hrefOf(row.requestId)}
              onOpen={(row) => change({ request: row.requestId })}
            />
          )}
        </div>
        {page && (page.data.length > 0 || search.page > 1) ? (
          <Pager page={page} onPage={(next) => change({ page: next === 1 ? null : next, asOf: page.asOf })} />
        ) : null}
      </Card>
      {search.request ? (
        <RequestDrawer
          requestId={search.request}
          onClose={() => void setSearch({ request: null })}
          onMove={moveFrom(page?.data ?? [])}
        />
      ) : null}
    </PageBody>
  );
}

function LiveOnly({ org, slug }: { org: string; slug: string }) {
  return (
    <Notice
      action={
        <Button asChild size="sm">
          <Link href={`/${org}/servers/${slug}/settings`}>Change retention</Link>
        </Button>
      }
    >
      Live only: this server stores no history. Requests are counted and shown live, and nothing of them is
      kept.
    </Notice>
  );
}

interface NoRequestsProps {
  isNarrowed: boolean;
  isBehindTheEnd: boolean;
  keepsHistory: boolean;
  toolsHref: string;
  onReset: () => void;
  onWiden: () => void;
  onFirst: () => void;
}

function NoRequests(props: NoRequestsProps) {
  if (props.isBehindTheEnd) return <NoSuchPage rows="requests" onFirst={props.onFirst} />;
  if (props.isNarrowed) return <NoMatch row="request" onReset={props.onReset} />;
  return (
    <EmptyState
      icon={History}
      title={props.keepsHistory ? "No request in this window" : "Nothing is stored"}
      action={
        <>
          <Button asChild variant="primary">
            <Link href={props.toolsHref}>Try a tool</Link>
          </Button>
          {props.keepsHistory ? <Button onClick={props.onWiden}>Look at 7 days</Button> : null}
        </>
      }
    >
      {props.keepsHistory
        ? "Every call of this server appears here with its outcome, duration and size."
        : "With a retention of a day or more, every call is kept here with its outcome, duration and size."}
    </EmptyState>
  );
}
