"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, ChevronRight, Circle, History, Minus, X } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/class-names.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { Time } from "#components/ui/time.tsx";
import { operationsQuery } from "#lib/client/queries/deployments.ts";
import type { Operation } from "#lib/contract/index.ts";
import { OperationPill } from "./operation-pill.tsx";
import { useServer } from "./server-context.tsx";

const ROWS_OF_SKELETON = ["a", "b", "c", "d"];
const STEP_LABEL: Readonly<Record<string, string>> = {
  start: "Start apart from traffic",
  "tools/list": "Gate: tools/list",
  switch: "Switch traffic",
};
/** In the address: no operation is open, not even the newest. */
const CLOSED = "none";

/** What was done to the server, newest first; one operation is open and shows its steps. */
export function OperationsCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const operations = useQuery(operationsQuery(org, server.slug));
  const [chosen, setChosen] = useQueryState("operation", parseAsString);
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
          Publishing, activating and deactivating appear here, with every step.
        </EmptyState>
      ) : (
        <ol className="max-h-[34rem] divide-y overflow-y-auto">
          {operations.data.map((operation) => (
            <OperationItem
              key={operation.id}
              operation={operation}
              open={operation.id === open}
              onToggle={() => void setChosen(operation.id === open ? CLOSED : operation.id)}
            />
          ))}
        </ol>
      )}
    </Card>
  );
}

interface OperationItemProps {
  operation: Operation;
  open: boolean;
  onToggle: () => void;
}

function OperationItem({ operation, open, onToggle }: OperationItemProps) {
  const tookMs =
    operation.startedAt && operation.finishedAt
      ? Date.parse(operation.finishedAt) - Date.parse(operation.startedAt)
      : null;
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
            {operation.version ? (
              <span className="font-mono text-muted text-xs">{operation.version}</span>
            ) : null}
          </span>
          <span className="truncate text-faint text-xs">
            <Time value={operation.createdAt} />
            {tookMs === null ? null : ` · ${formatDuration(tookMs)}`}
            {operation.actor ? ` · ${operation.actor}` : null}
          </span>
        </span>
        <OperationPill state={operation.state} />
      </button>
      {open ? (
        <div className="grid gap-2 px-4 pb-3 pl-10">
          <ol className="divide-y">
            {operation.steps.map((step) => (
              <li key={step.name} className="grid grid-cols-[1.125rem_minmax(0,1fr)_auto] gap-2 py-1.5">
                <StepIcon state={step.state} />
                <span className={cn("min-w-0 break-words", step.state === "skipped" && "text-muted")}>
                  {STEP_LABEL[step.name] ?? step.name}
                  {step.state === "skipped" ? " · skipped" : null}
                  {step.detail && step.detail !== operation.error ? (
                    <span className="block text-muted text-xs">{step.detail}</span>
                  ) : null}
                </span>
                <span className="text-faint text-xs">
                  {step.durationMs === null ? null : formatDuration(step.durationMs)}
                </span>
              </li>
            ))}
          </ol>
          {operation.error ? (
            <CodeBlock code={operation.error} label="error message" wrap className="border-fail/40" />
          ) : null}
          <p className="font-mono text-2xs text-faint">{operation.id}</p>
        </div>
      ) : null}
    </li>
  );
}

function StepIcon({ state }: { state: Operation["steps"][number]["state"] }) {
  const style = "mt-0.5 size-3.75";
  if (state === "succeeded")
    return <Check aria-label="succeeded" className={cn(style, "text-ok")} strokeWidth={2.5} />;
  if (state === "failed")
    return <X aria-label="failed" className={cn(style, "text-fail")} strokeWidth={2.5} />;
  if (state === "running") return <Spinner className={cn(style, "text-accent")} />;
  if (state === "skipped") return <Minus aria-label="skipped" className={cn(style, "text-faint")} />;
  return <Circle aria-label="not yet" className={cn(style, "text-faint")} />;
}
