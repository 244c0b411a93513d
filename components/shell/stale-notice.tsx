"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";

/** Says that what is shown is old because the last refresh failed. Renders nothing while it is fresh. */
export function StaleNotice({
  query,
}: {
  query: Pick<UseQueryResult, "isError" | "data" | "dataUpdatedAt" | "error" | "isFetching" | "refetch">;
}) {
  if (!query.isError || query.data === undefined) return null;
  return (
    <Notice
      tone="warn"
      action={
        <Button size="sm" onClick={() => void query.refetch()} pending={query.isFetching}>
          Refresh
        </Button>
      }
    >
      Not up to date: this is what was known <Time value={new Date(query.dataUpdatedAt).toISOString()} />.{" "}
      {query.error?.message}
    </Notice>
  );
}
