"use client";

import Link from "next/link";
import { Fact } from "#components/requests/fact.tsx";
import { clientOf, SOURCE_LABELS, subjectOf } from "#components/requests/outcomes.ts";
import { RequestIdFact } from "#components/requests/request-id-fact.tsx";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { formatBytes, formatDuration } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { RequestDetail, RequestRow } from "#lib/contract/index.ts";
import { timelineHref } from "./around.ts";
import { CallCost } from "./call-cost.tsx";

/** The facts of one message of a call, and what it costs. */
export function CallFacts({ detail, row }: { detail: RequestDetail; row: RequestRow }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  return (
    <section aria-label="Facts" className="grid min-w-0 grid-cols-1 gap-1.5">
      <h3 className="font-semibold text-sm">Facts</h3>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
        <Fact name="Time">
          <Time value={row.timestamp} display="datetime" />
        </Fact>
        <Fact name="Duration">{formatDuration(row.durationMs)}</Fact>
        <Fact name="Method">{withSigns(row.method ?? subjectOf(row))}</Fact>
        {row.tool ? <Fact name="Tool">{withSigns(row.tool)}</Fact> : null}
        <Fact name="Client">{withSigns(clientOf(row) ?? "unknown")}</Fact>
        <Fact name="Source">{SOURCE_LABELS[row.source] ?? row.source}</Fact>
        {row.agentId === null ? null : (
          <Fact name="Agent">
            <Link
              href={`/${org}/agents/${encodeURIComponent(row.agentId)}`}
              className="break-words rounded-sm text-accent hover:underline"
            >
              {withSigns(row.decision?.principalName ?? row.agentId)}
            </Link>
          </Fact>
        )}
        {row.endUser === null ? null : <Fact name="End user">{withSigns(row.endUser)}</Fact>}
        {row.agentSession === null ? null : <Fact name="Agent session">{withSigns(row.agentSession)}</Fact>}
        <Fact name="HTTP status">{row.httpStatus}</Fact>
        {row.rpcErrorCode === null ? null : <Fact name="JSON-RPC error">{row.rpcErrorCode}</Fact>}
        <Fact name="Bytes in">{formatBytes(row.requestBytes)}</Fact>
        <Fact name="Bytes out">{formatBytes(row.responseBytes)}</Fact>
        <Fact name="Version">{row.version ?? "unknown"}</Fact>
        <Fact name="Region">{row.region}</Fact>
        <Fact name="Protocol">{row.era ?? "unknown"}</Fact>
        {row.session === null ? null : (
          <Fact name="Session">
            <Link
              href={timelineHref(org, server.slug, { session: row.session })}
              className="break-all rounded-sm font-mono text-accent text-xs hover:underline"
            >
              {row.session}
            </Link>
          </Fact>
        )}
        <CallCost detail={detail} />
        <RequestIdFact requestId={detail.requestId} />
      </dl>
    </section>
  );
}
