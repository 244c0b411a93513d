"use client";

import { keepPreviousData, type QueryKey, useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { lazy, type ReactNode, Suspense, useRef } from "react";
import { useCommand } from "#components/shell/commands.ts";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useAddressWith } from "#components/shell/use-address-with.ts";
import { Card } from "#components/ui/card.tsx";
import { logCountsKey } from "#lib/client/queries/logs.ts";
import { logPageQuery, newerQuery, type RequestLogView } from "#lib/client/queries/requests.ts";
import { serverKey } from "#lib/client/queries/servers.ts";
import { LogFreshness } from "./log-freshness.tsx";
import type { SearchChange } from "./request-search.ts";
import { RowsBox } from "./rows-box.tsx";
import { useScrolledPast } from "./use-scrolled-past.ts";

// Drawn by the server below its rows, and alive after them.
const Pager = dynamic(() => import("#components/ui/pager.tsx").then((module) => module.Pager), {
  loading: () => null,
});
// Arrives with the first search for text.
const FoundRows = lazy(() =>
  import("./found-rows.tsx").then((module) => ({ default: module.FoundRows<never> })),
);

/** How often a live log asks for its newest rows. */
const LIVE_POLL_MS = 2_000;

/** What leads to another page: its rows as they were when the first one was read. A page that is followed live is left. */
type PageChange = Required<Pick<SearchChange, "page" | "asOf" | "mode">>;
const pageChange = (page: number, asOf: string | null): PageChange => ({
  page: page === 1 ? null : page,
  asOf,
  mode: null,
});

export interface LogRowsProps<Row> {
  org: string;
  server: string;
  view: RequestLogView;
  isLive: boolean;
  /** A row is open: what is read does not move. */
  isReading: boolean;
  title: string;
  skeleton: ReactNode;
  table: (rows: readonly Row[]) => ReactNode;
  empty: (facts: { isBehindTheEnd: boolean }) => ReactNode;
  /** Beside the rows, whether there are any or not: what is open. */
  beside?: (rows: readonly Row[]) => ReactNode;
  onPage: (to: PageChange) => void;
  onPageSize: (pageSize: number) => void;
}

/** The rows of a log: page by page, or as a search for text finds them. */
export function LogRows<Row>(props: LogRowsProps<Row>) {
  return props.view.filter.q === undefined ? (
    <PagedRows {...props} />
  ) : (
    <Suspense fallback={<Card>{props.skeleton}</Card>}>
      <FoundRows key={JSON.stringify(props.view)} {...props} />
    </Suspense>
  );
}

function PagedRows<Row>(props: LogRowsProps<Row>) {
  const { org, server, view, isLive } = props;
  const top = useRef<HTMLDivElement>(null);
  const isScrolled = useScrolledPast(top);
  const isFollowing = isLive && !props.isReading && !isScrolled;
  const queryClient = useQueryClient();
  const log = useQuery({
    ...logPageQuery<Row>(org, server, view),
    placeholderData: keepPreviousData,
    refetchInterval: isFollowing ? LIVE_POLL_MS : false,
  });
  const shown = log.isPlaceholderData ? undefined : log.data;
  const newer = useQuery({
    ...newerQuery(org, server, view, shown),
    enabled: shown !== undefined && !isFollowing,
  });
  const page = log.data?.page;
  const goTo = (next: number) => props.onPage(pageChange(next, page?.asOf ?? null));
  const addressWith = useAddressWith();
  useCommand({
    id: "log-newer-page",
    label: "Newer page",
    group: "This page",
    keys: "[",
    run: () => page && page.page > 1 && goTo(page.page - 1),
  });
  useCommand({
    id: "log-older-page",
    label: "Older page",
    group: "This page",
    keys: "]",
    run: () => page?.nextCursor && goTo(page.page + 1),
  });
  const showNewest = () => {
    const keys: QueryKey[] = [[...serverKey(org, server), "requests-newer"], logCountsKey(org, server)];
    if (view.page === 1 && view.asOf === null) void log.refetch();
    else props.onPage(pageChange(1, null));
    for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
    if (isScrolled) window.scrollTo({ top: 0 });
  };
  return (
    <>
      <StaleNotice query={log} />
      <Card>
        <div ref={top}>
          <LogFreshness
            page={view.page}
            newer={newer.data}
            live={isLive ? { isFollowing, pausedBy: props.isReading ? "row" : "scroll" } : null}
            pending={log.isFetching && !log.isPlaceholderData && !isFollowing}
            onShowNewest={showNewest}
          />
        </div>
        <RowsBox
          {...props}
          query={log}
          rows={page?.data}
          isOld={log.isPlaceholderData}
          isBusy={log.isFetching && !isFollowing}
        >
          {props.empty({ isBehindTheEnd: view.page > 1 && (page?.total ?? 0) > 0 })}
        </RowsBox>
        {page && (page.data.length > 0 || view.page > 1) ? (
          <Pager
            page={page}
            hrefOf={(next) => addressWith(pageChange(next, page.asOf))}
            onPage={goTo}
            onPageSize={props.onPageSize}
          />
        ) : null}
      </Card>
      {props.beside?.(page?.data ?? [])}
    </>
  );
}
