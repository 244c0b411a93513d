"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { DeniedState } from "#components/ui/denied-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { ApiError } from "#lib/client/api-error.ts";

interface QueryErrorProps {
  query: Pick<UseQueryResult, "error" | "refetch" | "isFetching">;
  /** What could not be loaded, e.g. "The members could not be loaded". */
  title?: string;
  className?: string;
}

/** Why a query has nothing to show: denied, or failed with its request id and a retry. */
export function QueryError({ query, title, className }: QueryErrorProps) {
  const { error } = query;
  if (error === null) return null;
  if (error instanceof ApiError && error.status === 403) {
    return <DeniedState detail={error.message} {...(className ? { className } : {})} />;
  }
  return (
    <ErrorState
      {...(title ? { title } : {})}
      {...(className ? { className } : {})}
      detail={error.message}
      requestId={error instanceof ApiError ? error.requestId : null}
      onRetry={() => void query.refetch()}
      retrying={query.isFetching}
    />
  );
}
