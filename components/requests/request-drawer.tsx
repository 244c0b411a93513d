"use client";

import { useQuery } from "@tanstack/react-query";
import { Link2, Terminal } from "lucide-react";
import type { ReactNode } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatBytes, formatCount, formatDuration } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { requestQuery } from "#lib/client/queries/requests.ts";
import type { RequestDetail, RequestRow } from "#lib/contract/index.ts";
import { CallLines } from "./call-lines.tsx";
import { DecisionDetails } from "./decision-details.tsx";
import { DetailsSheet } from "./details-sheet.tsx";
import { DetailsSkeleton } from "./details-skeleton.tsx";
import { Fact } from "./fact.tsx";
import { OutcomePill } from "./outcome-pill.tsx";
import { clientOf, lookOfOutcome, SOURCE_LABELS, subjectOf } from "./outcomes.ts";
import { curlOf } from "./request-curl.ts";
import { RequestIdFact } from "./request-id-fact.tsx";

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
  const isGone = detail.error instanceof ApiError && detail.error.status === 404;
  return (
    <DetailsSheet title="Request" onClose={onClose} onMove={onMove}>
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
    </DetailsSheet>
  );
}

function RequestDetails({ detail }: { detail: RequestDetail }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [first] = detail.rows;
  if (first === undefined) return null;
  // Of several messages in one request, the one that was turned away is the one that is asked about.
  const decided = detail.rows.find((row) => row.decision?.allowed === false) ?? first;
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
      {decided.decision ? (
        <DecisionDetails decision={decided.decision} gatewayId={decided.gatewayId} />
      ) : null}
      <div className="flex flex-wrap gap-1.5">
        <CopyButton value={permalink} label="Copy link">
          Copy link
        </CopyButton>
        <CopyButton value={curlOf(first, server.mcpUrl, credentialOf(first))} label="Copy as curl">
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

/** What stands for the credential in a command: the real one is not known here. */
function credentialOf({ decision }: RequestRow): string | null {
  if (decision?.principal?.startsWith("oauth:")) return "YOUR_ACCESS_TOKEN";
  return decision?.principal?.startsWith("key:") || decision?.reason === "credentials_missing"
    ? "YOUR_KEY"
    : null;
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
      <Fact name="Method">{row.method ?? subjectOf(row)}</Fact>
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
      <RequestIdFact requestId={requestId} />
    </dl>
  );
}
