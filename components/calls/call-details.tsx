"use client";

// What happened in this call, why did it end so, and what can be done now?

import { Crosshair } from "lucide-react";
import Link from "next/link";
import { aboutRow } from "#components/incidents/about-row.ts";
import { WhatBroke } from "#components/incidents/what-broke.tsx";
import { OutcomePill } from "#components/requests/outcome-pill.tsx";
import { lookOfOutcome, subjectOf } from "#components/requests/outcomes.ts";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { RequestDetail, RequestRow } from "#lib/contract/index.ts";
import { momentOf, timelineHref } from "./around.ts";
import { CallFacts } from "./call-facts.tsx";
import { credentialOf, recordedArguments, snippetCallOf, urlOf } from "./call-snippets.ts";
import { CallSnippets } from "./call-snippets-panel.tsx";
import { CallTimeline } from "./call-timeline.tsx";
import { NotRecorded } from "./not-recorded.tsx";
import { OUTCOME_ADVICE } from "./outcome-advice.ts";
import { ReplayButton } from "./replay-button.tsx";

/** Everything that is known of one call, and what can be done with it. */
export function CallDetails({ detail }: { detail: RequestDetail }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const row = mainRow(detail);
  if (row === undefined) return null;
  const base = `/${org}/servers/${server.slug}/logs`;
  const permalink = `${window.location.origin}${base}?request=${encodeURIComponent(detail.requestId)}`;
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <span className="min-w-0 break-all font-medium font-mono text-base">{withSigns(subjectOf(row))}</span>
        <OutcomePill outcome={row.outcome} />
        <span className="text-muted text-sm tabular-nums">{formatDuration(row.durationMs)}</span>
        <Time value={row.timestamp} display="datetime" className="text-faint text-sm" />
      </div>
      <Ending row={row} />
      <div className="flex flex-wrap gap-1.5">
        {row.outcome === "ok" ? null : <WhatBroke about={aboutRow(row, server.slug)} />}
        <CopyButton value={permalink} label="Copy link">
          Copy link
        </CopyButton>
        <CallSnippets
          call={snippetCallOf(row, detail.bodies)}
          url={urlOf(row, server)}
          credential={credentialOf(row, server)}
          server={server.slug}
        />
        {row.tool === null || row.method !== "tools/call" ? null : (
          <ReplayButton
            requestId={detail.requestId}
            tool={row.tool}
            recorded={recordedArguments(row, detail.bodies)}
          />
        )}
        <Button asChild size="sm">
          <Link
            href={timelineHref(
              org,
              server.slug,
              momentOf(Date.parse(row.timestamp), row.durationMs),
              detail.requestId,
            )}
          >
            <Crosshair aria-hidden="true" />
            Around this moment
          </Link>
        </Button>
      </div>
      <CallTimeline detail={detail} />
      {detail.lines.length === 0 && server.kind === "connected" ? (
        <p className="-mt-2 text-muted text-xs">A connected server's console is not captured.</p>
      ) : null}
      {detail.bodies.length === 0 ? <NotRecorded recordsNow={detail.recordsBodies} /> : null}
      <CallFacts detail={detail} row={row} />
    </div>
  );
}

/** Of several messages in one request, the one that was turned away or failed is the one that is asked about. */
const mainRow = ({ rows }: RequestDetail): RequestRow | undefined =>
  rows.find((row) => row.decision?.allowed === false) ?? rows.find((row) => row.outcome !== "ok") ?? rows[0];

/** How a call that went wrong ended, in words, and what to do. */
function Ending({ row }: { row: RequestRow }) {
  if (row.outcome === "ok") return null;
  const { tone, meaning } = lookOfOutcome(row.outcome);
  const advice = Object.hasOwn(OUTCOME_ADVICE, row.outcome) ? OUTCOME_ADVICE[row.outcome] : null;
  return (
    <Notice tone={tone === "fail" ? "fail" : "warn"}>
      <p className="font-medium">{withSigns(row.error ?? meaning)}</p>
      {row.error && meaning ? <p className="text-muted">{meaning}</p> : null}
      {advice ? <p className="text-muted">{advice}</p> : null}
    </Notice>
  );
}
