"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight, History } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/class-names.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { isUnderWay, operationsQuery } from "#lib/client/queries/deployments.ts";
import type { Operation } from "#lib/contract/index.ts";
import { Elapsed } from "./elapsed.tsx";
import { OperationPill } from "./operation-pill.tsx";
import { useServer } from "./server-context.tsx";
import { ShowAllButton } from "./show-all-button.tsx";

const OperationDetails = dynamic(
  () => import("./operation-details.tsx").then((module) => module.OperationDetails),
  { ssr: false, loading: () => <Skeleton className="mx-4 mb-3 h-48" /> },
);

const SHOWN_FIRST = 8;
const ROWS_OF_SKELETON = ["a", "b", "c", "d"];
/** In the address: no operation is open, not even the newest. */
const CLOSED = "none";

/** What was done to the server, newest first; one operation is open and shows its steps. */
export function OperationsCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const operations = useQuery(operationsQuery(org, server.slug));
  const [chosen, setChosen] = useQueryState("operation", parseAsString);
  const [all, setAll] = useState(false);
  // What the address names is shown, however old it is.
  const chosenAt = operations.data?.findIndex(({ id }) => id === chosen) ?? -1;
  const shown = operations.data?.slice(0, all ? undefined : Math.max(SHOWN_FIRST, chosenAt + 1)) ?? [];
  const open = chosen ?? operations.data?.[0]?.id;
  return (
    <Card id="operations" title="Operations" className="scroll-mt-4">
      {operations.data === undefined ? (
        operations.isError ? (
          <QueryError query={operations} title="The operations could not be loaded" />
        ) : (
          <ul className="divide-y" aria-busy="true">
            {ROWS_OF_SKELETON.map((row) => (
              <li key={row} className="flex h-10.5 items-center px-4">
                <Skeleton className="w-2/3" />
              </li>
            ))}
          </ul>
        )
      ) : operations.data.length === 0 ? (
        <EmptyState icon={History} title="Nothing was done yet" className="py-8">
          Every publish, rollback, restart, activation and deactivation appears here, with its steps.
        </EmptyState>
      ) : (
        <ol className="divide-y" aria-label="Operations, newest first">
          {shown.map((operation) => (
            <OperationItem
              key={operation.id}
              operation={operation}
              open={operation.id === open}
              onToggle={() => void setChosen(operation.id === open ? CLOSED : operation.id)}
            />
          ))}
        </ol>
      )}
      {shown.length < (operations.data?.length ?? 0) ? (
        <ShowAllButton count={operations.data?.length ?? 0} onClick={() => setAll(true)} />
      ) : null}
    </Card>
  );
}

interface OperationItemProps {
  operation: Operation;
  open: boolean;
  onToggle: () => void;
}

function OperationItem({ operation, open, onToggle }: OperationItemProps) {
  const { version, previousVersion, startedAt, finishedAt } = operation;
  const tookMs = startedAt && finishedAt ? Date.parse(finishedAt) - Date.parse(startedAt) : null;
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="flex min-h-10.5 w-full items-center gap-2.5 px-4 py-1.5 text-left hover:bg-raised/60 focus-visible:-outline-offset-2"
      >
        <ChevronRight
          aria-hidden="true"
          className={cn("size-3.5 shrink-0 text-faint transition-transform", open && "rotate-90")}
        />
        <span className="grid min-w-0 flex-1">
          <span className="truncate">
            <span className="font-medium">{operation.kind}</span>{" "}
            {version ? <span className="font-mono text-muted text-xs">{version}</span> : null}
            {version && previousVersion && previousVersion !== version ? (
              <span className="text-faint text-xs">
                {" "}
                after <span className="font-mono">{previousVersion}</span>
              </span>
            ) : null}
          </span>
          <span className="truncate text-faint text-xs">
            <Time value={operation.createdAt} />
            {tookMs === null ? null : ` · ${formatDuration(tookMs)}`}
            {isUnderWay(operation) && startedAt ? (
              <>
                {" · "}
                <Elapsed since={startedAt} />
              </>
            ) : null}
            {operation.actor ? ` · ${operation.actor}` : null}
          </span>
        </span>
        <OperationPill state={operation.state} />
      </button>
      {open ? <OperationDetails listed={operation} /> : null}
    </li>
  );
}
