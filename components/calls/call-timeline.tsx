"use client";

// What happened in this call, in which order, where did the time go, and what is missing?

import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { CallLines } from "#components/requests/call-lines.tsx";
import { callerKindOf, callerOf } from "#components/requests/callers.ts";
import { DecisionDetails } from "#components/requests/decision-details.tsx";
import { DecisionPill } from "#components/requests/decision-pill.tsx";
import { OutcomePill } from "#components/requests/outcome-pill.tsx";
import { clientOf, lookOfOutcome, subjectOf } from "#components/requests/outcomes.ts";
import { cn } from "#components/ui/class-names.ts";
import { formatBytes, formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { type CallTimeline as Timeline, timelineOf } from "#lib/contract/call-timeline.ts";
import type { LogGap, MessageBody as Recorded, RequestDetail, UpstreamCall } from "#lib/contract/index.ts";
import { MessageBody } from "./message-body.tsx";
import { SOURCE_LOOK } from "./source-look.ts";
import { TIMELINE_COLUMNS, TimelineRow } from "./timeline-row.tsx";
import { lookOfUpstream } from "./upstream-outcomes.ts";
import { type OneStep, roundTicks, type Stretch, type WaterfallRow, waterfallOf } from "./waterfall.ts";

/** Bodies up to this size are open at once. */
const OPEN_BODY_BYTES = 2_048;

/** The whole call: client, decision, console lines, upstream calls and response, on one scale of time. */
export function CallTimeline({ detail }: { detail: RequestDetail }) {
  const timeline = timelineOf(detail);
  const { rows, fromMs, toMs } = waterfallOf(timeline);
  const isSingle = detail.rows.length === 1;
  return (
    <section aria-label="Timeline" className="grid min-w-0 grid-cols-1 gap-1.5">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold text-sm">Timeline</h3>
        <span className="text-muted text-xs">{summaryOf(timeline, detail)}</span>
      </div>
      <div className="overflow-hidden rounded-md border">
        <Axis fromMs={fromMs} toMs={toMs} />
        <ol>
          {rows.map((row) => (
            <Row key={row.id} row={row} isSingle={isSingle} />
          ))}
        </ol>
        {detail.linesAreCapped ? (
          <Remark>
            The call wrote more console lines than the {formatCounted(detail.lines.length, "newest line")}{" "}
            shown.
          </Remark>
        ) : null}
        {detail.upstreamIsCapped ? (
          <Remark>
            The call made more upstream calls than the {formatCounted(detail.upstream.length, "call")} shown.
          </Remark>
        ) : null}
      </div>
    </section>
  );
}

function summaryOf({ durationMs, upstreamMs, lastHop }: Timeline, { upstream }: RequestDetail): string {
  const parts = [formatDuration(durationMs)];
  if (upstream.length > 0) parts.push(`${formatDuration(upstreamMs)} of it waiting for upstream`);
  parts.push(`last hop seen: ${SOURCE_LOOK[lastHop].label.toLowerCase()}`);
  return parts.join(" · ");
}

/** The scale of the bars. On a phone every bar stands under its row, so the ends alone are named. */
function Axis({ fromMs, toMs }: { fromMs: number; toMs: number }) {
  return (
    <div
      aria-hidden="true"
      className={cn(TIMELINE_COLUMNS, "hidden border-b bg-raised/40 px-3 py-1 text-2xs text-faint sm:grid")}
    >
      <span className="text-right">after</span>
      <span />
      <span>what happened</span>
      <span className="relative h-4">
        {roundTicks(fromMs, toMs).map((ms) => {
          const left = ((ms - fromMs) / (toMs - fromMs)) * 100;
          return (
            <span
              key={ms}
              className={cn(
                "absolute whitespace-nowrap",
                left > 85 ? "-translate-x-full" : left > 0 && "-translate-x-1/2",
              )}
              style={{ left: `${left}%` }}
            >
              {ms === 0 ? "0" : formatDuration(ms)}
            </span>
          );
        })}
      </span>
      <span className="text-right">took</span>
    </div>
  );
}

function Row({ row, isSingle }: { row: WaterfallRow; isSingle: boolean }) {
  if (row.kind === "step") return <Step step={row.step} stretch={row.stretch} isSingle={isSingle} />;
  const errors = row.lines.filter(({ level }) => level === "error").length;
  return (
    <TimelineRow
      source="runtime"
      offsetMs={row.offsetMs}
      durationMs={null}
      stretch={row.stretch}
      ticks={row.ticks}
      startsOpen
      details={<CallLines lines={row.lines} label="Console lines of this call" />}
    >
      <span>{formatCounted(row.lines.length, "console line")}</span>
      {errors > 0 ? <span className="text-fail text-xs">{formatCounted(errors, "error")}</span> : null}
    </TimelineRow>
  );
}

function Step({ step, stretch, isSingle }: { step: OneStep; stretch: Stretch; isSingle: boolean }) {
  const { offsetMs } = step;
  switch (step.kind) {
    case "client": {
      const { row, body } = step;
      return (
        <TimelineRow
          source="client"
          barOf="gateway"
          offsetMs={offsetMs}
          durationMs={row.durationMs}
          stretch={stretch}
          startsOpen={isSingle && isSmall(body?.request)}
          details={bodyOf("Request body", body?.request, body?.requestBytes)}
        >
          <span className="min-w-0 break-all font-mono text-xs">
            {withSigns([row.method ?? row.kind, row.tool].filter((part) => part !== null).join(" "))}
          </span>
          <Aside>
            {withSigns(clientOf(row) ?? "unknown client")}
            {row.requestBytes > 0 ? `, ${formatBytes(row.requestBytes)} in` : ""}
          </Aside>
        </TimelineRow>
      );
    }
    case "decision": {
      const { row, decision } = step;
      const kind = callerKindOf(decision);
      return (
        <TimelineRow
          source="gateway"
          offsetMs={offsetMs}
          durationMs={null}
          stretch={stretch}
          failed={!decision.allowed}
          startsOpen={!decision.allowed}
          details={<DecisionDetails decision={decision} gatewayId={row.gatewayId} />}
        >
          <DecisionPill reason={decision.reason} />
          <Aside>
            {kind === "" ? "" : `${kind} `}
            {withSigns(callerOf(decision))}
            {row.gatewayId === null ? ", at the direct URL" : ""}
            {decision.grantId === null ? "" : ", by a grant"}
          </Aside>
        </TimelineRow>
      );
    }
    case "upstream":
      return <Upstream call={step.call} offsetMs={offsetMs} stretch={stretch} />;
    case "response": {
      const { row, body } = step;
      const failed = lookOfOutcome(row.outcome).tone === "fail";
      return (
        <TimelineRow
          source="gateway"
          offsetMs={offsetMs}
          durationMs={null}
          stretch={stretch}
          failed={failed}
          startsOpen={isSingle && isSmall(body?.response)}
          details={bodyOf("Response body", body?.response, body?.responseBytes)}
        >
          <OutcomePill outcome={row.outcome} />
          <Aside>
            {isSingle ? "" : `${withSigns(subjectOf(row))}, `}HTTP {row.httpStatus}
            {row.rpcErrorCode === null ? "" : `, JSON-RPC ${row.rpcErrorCode}`}
            {row.responseBytes > 0 ? `, ${formatBytes(row.responseBytes)} out` : ""}
          </Aside>
        </TimelineRow>
      );
    }
    case "gap":
      return <Gap gap={step.gap} />;
  }
}

function Upstream({ call, offsetMs, stretch }: { call: UpstreamCall; offsetMs: number; stretch: Stretch }) {
  const { label, tone, icon } = lookOfUpstream(call);
  return (
    <TimelineRow
      source="upstream"
      offsetMs={offsetMs}
      durationMs={call.durationMs}
      stretch={stretch}
      failed={tone === "fail"}
    >
      <Pill tone={tone} icon={icon}>
        {label}
      </Pill>
      <span className="min-w-0 break-all font-mono text-xs">
        {withSigns(call.method)} {withSigns(call.url)}
      </span>
      <Aside>
        {[
          call.requestBytes > 0 ? `${formatBytes(call.requestBytes)} out` : null,
          call.responseBytes > 0 ? `${formatBytes(call.responseBytes)} back` : null,
        ]
          .filter((part) => part !== null)
          .join(", ")}
      </Aside>
      {call.error === null ? null : (
        <span className="w-full break-words text-fail text-xs">{withSigns(call.error)}</span>
      )}
    </TimelineRow>
  );
}

/** What one source saw and another did not, where it belongs. */
function Gap({ gap }: { gap: LogGap }) {
  return (
    <li className="flex items-start gap-2 border-t border-dashed bg-warn/5 px-3 py-1.5 text-warn text-xs first:border-t-0">
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
      <span className="min-w-0 break-words">{withSigns(gap.message)}</span>
    </li>
  );
}

const Aside = ({ children }: { children: ReactNode }) => (
  <span className="min-w-0 break-words text-muted text-xs">{children}</span>
);

const Remark = ({ children }: { children: ReactNode }) => (
  <p className="flex items-start gap-2 border-t border-dashed px-3 py-1.5 text-warn text-xs">
    <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
    <span>{children}</span>
  </p>
);

const isSmall = (recorded: Recorded["request"] | undefined): boolean =>
  recorded !== null && recorded !== undefined && recorded.length <= OPEN_BODY_BYTES;

const bodyOf = (label: string, recorded: string | null | undefined, bytes: number | undefined): ReactNode =>
  recorded === null || recorded === undefined ? undefined : (
    <MessageBody label={label} recorded={recorded} bytes={bytes ?? 0} />
  );
