"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, Link2, Terminal } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatBytes, formatCount, formatDuration } from "#components/ui/numbers.ts";
import { Sheet, SheetContent } from "#components/ui/sheet.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { requestQuery } from "#lib/client/queries/requests.ts";
import type { RequestDetail, RequestRow } from "#lib/contract/index.ts";
import { CallLines } from "./call-lines.tsx";
import { OutcomePill } from "./outcome-pill.tsx";
import { clientOf, lookOfOutcome, SOURCE_LABELS, subjectOf } from "./outcomes.ts";
import { curlOf } from "./request-curl.ts";

interface RequestDrawerProps {
  requestId: string;
  onClose: () => void;
  /** To the row below (1) or above (-1) in the list; undefined when the request is not in it. */
  onMove: ((step: 1 | -1) => void) | undefined;
}

/** What happened in this call: every message of it, how it ended, and what the server wrote meanwhile. */
export function RequestDrawer({ requestId, onClose, onMove }: RequestDrawerProps) {
  const { slug: org } = useOrganization();
  const detail = useQuery(requestQuery(org, requestId));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || onMove === undefined) return;
    if (event.key === "j") onMove(1);
    else if (event.key === "k") onMove(-1);
  };
  const isGone = detail.error instanceof ApiError && detail.error.status === 404;
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()}>
      <SheetContent title="Request" className="max-w-2xl" onKeyDown={onKeyDown}>
        {onMove ? (
          <div className="absolute top-2.5 right-12 flex">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Previous request"
              title="Previous request (k)"
              onClick={() => onMove(-1)}
            >
              <ChevronUp aria-hidden="true" />
            </Button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Next request"
              title="Next request (j)"
              onClick={() => onMove(1)}
            >
              <ChevronDown aria-hidden="true" />
            </Button>
          </div>
        ) : null}
        <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">
          {detail.data ? (
            <RequestDetails detail={detail.data} />
          ) : isGone ? (
            <EmptyState icon={Link2} title="This request is not stored">
              It is older than what the server keeps, or the link is wrong.
            </EmptyState>
          ) : detail.isError ? (
            <QueryError query={detail} title="The request could not be loaded" />
          ) : (
            <DetailsSkeleton />
          )}
        </div>
      </SheetContent>
    </Sheet>
  );
}

function RequestDetails({ detail }: { detail: RequestDetail }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [first] = detail.rows;
  if (first === undefined) return null;
  const permalink = `${window.location.origin}/${org}/servers/${server.slug}/logs?request=${detail.requestId}`;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 break-all font-mono font-medium text-base">{subjectOf(first)}</span>
        <OutcomePill outcome={first.outcome} />
        <span className="text-muted text-sm">{formatDuration(first.durationMs)}</span>
      </div>
      {first.outcome !== "ok" ? (
        <Notice tone={lookOfOutcome(first.outcome).tone === "fail" ? "fail" : "warn"}>
          {first.error ?? lookOfOutcome(first.outcome).meaning}
        </Notice>
      ) : null}
      <div className="flex flex-wrap gap-1.5">
        <CopyButton value={permalink} label="Copy link">
          Copy link
        </CopyButton>
        <CopyButton value={curlOf(first, server.mcpUrl)} label="Copy as curl">
          Copy as curl
        </CopyButton>
      </div>
      <Facts row={first} requestId={detail.requestId} />
      {detail.rows.length > 1 ? (
        <section aria-label="Messages">
          <Heading>Messages of this request · {formatCount(detail.rows.length)}</Heading>
          <ol className="divide-y rounded-md border">
            {detail.rows.map((row) => (
              <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 text-xs">
                <span className="min-w-0 flex-1 truncate font-mono">{subjectOf(row)}</span>
                <OutcomePill outcome={row.outcome} />
                <span className="text-muted tabular-nums">{formatDuration(row.durationMs)}</span>
              </li>
            ))}
          </ol>
        </section>
      ) : null}
      <section aria-label="Console lines">
        <Heading>
          Console lines{detail.lines.length > 0 ? ` · ${formatCount(detail.lines.length)}` : ""}
          {detail.linesAreCapped ? "; the call wrote more than are shown" : ""}
        </Heading>
        {detail.lines.length > 0 ? (
          <CallLines lines={detail.lines} label="Console lines of this call" />
        ) : (
          <p className="flex items-center gap-2 rounded-md border border-dashed px-3 py-3 text-muted text-sm">
            <Terminal aria-hidden="true" className="size-4 text-faint" />
            {server.kind === "hosted"
              ? "The server wrote no line during this call."
              : "A connected server's console is not captured."}
          </p>
        )}
      </section>
    </div>
  );
}

function Heading({ children }: { children: ReactNode }) {
  return <h3 className="mb-1.5 font-semibold text-sm">{children}</h3>;
}

function Facts({ row, requestId }: { row: RequestRow; requestId: string }) {
  return (
    <dl className="grid grid-cols-1 gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
      <Fact name="Time">
        <Time value={row.timestamp} display="datetime" />
      </Fact>
      <Fact name="Duration">{formatDuration(row.durationMs)}</Fact>
      <Fact name="Method">{row.method ?? row.kind}</Fact>
      {row.tool ? <Fact name="Tool">{row.tool}</Fact> : null}
      <Fact name="Client">{clientOf(row) ?? "unknown"}</Fact>
      <Fact name="Source">{SOURCE_LABELS[row.source] ?? row.source}</Fact>
      <Fact name="HTTP status">{row.httpStatus}</Fact>
      {row.rpcErrorCode === null ? null : <Fact name="JSON-RPC error">{row.rpcErrorCode}</Fact>}
      <Fact name="Bytes in">{formatBytes(row.requestBytes)}</Fact>
      <Fact name="Bytes out">{formatBytes(row.responseBytes)}</Fact>
      <Fact name="Version">{row.version ?? "unknown"}</Fact>
      <Fact name="Region">{row.region}</Fact>
      <Fact name="Protocol">{row.era ?? "unknown"}</Fact>
      <div className="flex min-w-0 items-center gap-3 sm:col-span-2">
        <dt className="w-28 shrink-0 text-faint">Request id</dt>
        <dd className="flex min-w-0 items-center gap-1">
          <code className="break-all text-xs">{requestId}</code>
          <CopyButton value={requestId} label="Copy request id" />
        </dd>
      </div>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 gap-3">
      <dt className="w-28 shrink-0 text-faint">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

const SKELETON_FACTS = ["a", "b", "c", "d", "e", "f", "g", "h"];

function DetailsSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-4">
      <Skeleton className="h-6 w-56" />
      <div className="grid gap-2.5 sm:grid-cols-2">
        {SKELETON_FACTS.map((fact) => (
          <Skeleton key={fact} className="w-48" />
        ))}
      </div>
      <Skeleton className="h-24 w-full" />
    </div>
  );
}
