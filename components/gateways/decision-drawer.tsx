"use client";

// Why did this caller get what it got, and what would have to change?

import { useQuery } from "@tanstack/react-query";
import { FileText, Filter, Link2 } from "lucide-react";
import Link from "next/link";
import { aboutRow } from "#components/incidents/about-row.ts";
import { WhatBroke } from "#components/incidents/what-broke.tsx";
import { DecisionDetails } from "#components/requests/decision-details.tsx";
import { DetailsSheet } from "#components/requests/details-sheet.tsx";
import { DetailsSkeleton } from "#components/requests/details-skeleton.tsx";
import { Fact } from "#components/requests/fact.tsx";
import { OutcomePill } from "#components/requests/outcome-pill.tsx";
import { clientOf, subjectOf } from "#components/requests/outcomes.ts";
import { RequestIdFact } from "#components/requests/request-id-fact.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { requestQuery } from "#lib/client/queries/requests.ts";
import type { RequestRow } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";

interface DecisionDrawerProps {
  requestId: string;
  /** The request as the list has it; it is asked for when the list does not. */
  row: RequestRow | null;
  onClose: () => void;
  onMove: ((step: 1 | -1) => void) | undefined;
  /** Shows the list with this filter instead. */
  onFilter: (filter: { principal?: string; decision?: string }) => void;
}

/** The auth explainer: what was decided about a request, what was presented and expected, and how to fix it. */
export function DecisionDrawer({ requestId, row, onClose, onMove, onFilter }: DecisionDrawerProps) {
  const { org, gateway } = useGateway();
  const detail = useQuery({ ...requestQuery(org, requestId), enabled: row === null });
  const found = row ?? detail.data?.rows.find(({ gatewayId }) => gatewayId === gateway.id) ?? null;
  const isGone =
    found === null &&
    (detail.data !== undefined || (detail.error instanceof ApiError && detail.error.status === 404));
  return (
    <DetailsSheet title="Decision" onClose={onClose} onMove={onMove}>
      {found ? (
        <Decided row={found} onFilter={onFilter} />
      ) : isGone ? (
        <EmptyState icon={Link2} title="This request is not stored">
          It is older than what its server keeps, it did not come through this gateway, or the link is wrong.
        </EmptyState>
      ) : detail.isError ? (
        <QueryError query={detail} title="The decision could not be loaded" />
      ) : (
        <DetailsSkeleton />
      )}
    </DetailsSheet>
  );
}

function Decided({ row, onFilter }: { row: RequestRow; onFilter: DecisionDrawerProps["onFilter"] }) {
  const { org, gateway } = useGateway();
  const server = gateway.servers.find(({ serverId }) => serverId === row.serverId);
  const base = `/${org}/gateways/${gateway.id}/logs`;
  const { decision } = row;
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 break-all font-mono font-medium text-base">{subjectOf(row)}</span>
        <OutcomePill outcome={row.outcome} />
        <span className="text-muted text-sm">{formatDuration(row.durationMs)}</span>
      </div>
      {decision ? (
        <DecisionDetails decision={decision} gatewayId={row.gatewayId} />
      ) : (
        <Notice>No decision was kept of this request: it is from before decisions were stored.</Notice>
      )}
      <div className="flex flex-wrap gap-1.5">
        {decision?.allowed === false || row.outcome !== "ok" ? (
          <WhatBroke about={aboutRow(row, server?.serverSlug ?? row.serverId)} />
        ) : null}
        <Button asChild size="sm">
          <Link
            href={`/${org}/servers/${server?.serverSlug ?? row.serverId}/logs?window=7d&request=${encodeURIComponent(row.requestId)}`}
          >
            <FileText aria-hidden="true" />
            Open in the server's log
          </Link>
        </Button>
        <CopyButton
          value={`${window.location.origin}${base}?window=7d&request=${encodeURIComponent(row.requestId)}`}
          label="Copy link"
        >
          Copy link
        </CopyButton>
        {decision?.principal ? (
          <Button size="sm" onClick={() => onFilter({ principal: decision.principal ?? "" })}>
            <Filter aria-hidden="true" />
            Only this caller
          </Button>
        ) : null}
        {decision ? (
          <Button size="sm" onClick={() => onFilter({ decision: decision.reason })}>
            <Filter aria-hidden="true" />
            Only this reason
          </Button>
        ) : null}
      </div>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
        <Fact name="Time">
          <Time value={row.timestamp} display="datetime" />
        </Fact>
        <Fact name="Server">
          {server ? (
            <Link href={`/${org}/servers/${server.serverSlug}`} className="rounded-sm hover:underline">
              {server.serverName}
            </Link>
          ) : (
            row.serverId
          )}
        </Fact>
        <Fact name="Method">{row.method ?? subjectOf(row)}</Fact>
        {row.tool ? <Fact name="Tool">{withSigns(row.tool)}</Fact> : null}
        <Fact name="Client">{withSigns(clientOf(row) ?? "unknown")}</Fact>
        <Fact name="HTTP status">{row.httpStatus}</Fact>
        {row.rpcErrorCode === null ? null : <Fact name="JSON-RPC error">{row.rpcErrorCode}</Fact>}
        <Fact name="Region">{row.region}</Fact>
        {decision?.principal ? (
          <Fact name="Principal">
            <code className="break-all text-xs">{withSigns(decision.principal)}</code>
          </Fact>
        ) : null}
        <RequestIdFact requestId={row.requestId} />
      </dl>
      {row.error ? (
        <section aria-label="Answer">
          <h3 className="mb-1.5 font-semibold text-sm">What the caller was told</h3>
          <p className="break-words rounded-md border bg-bg px-3 py-2 text-muted text-sm">
            {withSigns(row.error)}
          </p>
        </section>
      ) : null}
    </div>
  );
}
