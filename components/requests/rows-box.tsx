"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { QueryError } from "#components/shell/query-error.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { cn } from "#components/ui/class-names.ts";

interface RowsBoxProps<Row> {
  query: Pick<UseQueryResult, "isError" | "error" | "refetch" | "isFetching">;
  rows: readonly Row[] | undefined;
  isOld: boolean;
  isBusy: boolean;
  title: string;
  skeleton: ReactNode;
  table: (rows: readonly Row[]) => ReactNode;
  /** What is said when there are none. */
  children: ReactNode;
}

/** Rows, or why there are none yet or at all. Keys go from row to row. */
export function RowsBox<Row>({
  query,
  rows,
  isOld,
  isBusy,
  title,
  skeleton,
  table,
  children,
}: RowsBoxProps<Row>) {
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  return (
    <div ref={box} aria-busy={isBusy || undefined} className={cn(isOld && "opacity-60 transition-opacity")}>
      {rows === undefined ? (
        query.isError ? (
          <QueryError query={query} title={title} />
        ) : (
          skeleton
        )
      ) : rows.length === 0 ? (
        children
      ) : (
        table(rows)
      )}
    </div>
  );
}
