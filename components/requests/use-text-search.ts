"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { logSearchQuery, type RequestLogView } from "#lib/client/queries/requests.ts";

/**
 * Goes back in time step by step until a page of rows is found, the window is done, or somebody stops it. Give the
 * calling component a key of the view: another question begins anew.
 */
export function useTextSearch<Row>(org: string, server: string, view: RequestLogView) {
  const options = logSearchQuery<Row>(org, server, view);
  const found = useInfiniteQuery(options);
  const queryClient = useQueryClient();
  const [wantedRows, setWantedRows] = useState(view.pageSize);
  const [isStopped, setStopped] = useState(false);
  const rows = found.data?.pages.flatMap(({ page }) => page.data) ?? [];
  const last = found.data?.pages.at(-1)?.page;
  const { hasNextPage, isFetching, isError, fetchNextPage } = found;
  const goesOn = hasNextPage && !isFetching && !isError && !isStopped && rows.length < wantedRows;
  // External system: the store, which is asked for one step after the other.
  useEffect(() => {
    if (goesOn) void fetchNextPage();
  }, [goesOn, fetchNextPage]);
  return {
    found,
    rows,
    /** Everything newer was looked at; null before the first answer. */
    scannedTo: last?.search?.scannedTo ?? null,
    isComplete: found.data !== undefined && !hasNextPage,
    isSearching: isFetching || goesOn,
    stop() {
      setStopped(true);
      void queryClient.cancelQueries({ queryKey: options.queryKey });
    },
    goOn() {
      setStopped(false);
      setWantedRows(rows.length + view.pageSize);
      if (found.data === undefined) void found.refetch();
    },
  };
}
