"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, type LucideIcon, OctagonAlert, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatBytes, formatCount, formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { Pill, type Tone } from "#components/ui/pill.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { type QuotaView, quotaQuery } from "#lib/client/queries/usage.ts";
import type { QuotaPressure } from "#lib/contract/index.ts";

const LEVEL: Readonly<
  Record<QuotaPressure["level"], { word: string; tone: Tone; icon: LucideIcon; bar: string }>
> = {
  ok: { word: "in range", tone: "ok", icon: CircleCheck, bar: "bg-ok" },
  near: { word: "near", tone: "warn", icon: TriangleAlert, bar: "bg-warn" },
  at: { word: "at the cap", tone: "fail", icon: OctagonAlert, bar: "bg-fail" },
};

interface CapLook {
  readonly label: string;
  format(value: number): string;
  /** What was stopped. */
  readonly stopped: string;
  /** What to do about it. */
  readonly advice: string;
}

const days = (count: number) => formatCounted(count, "day");
const CAPS: Readonly<Record<string, CapLook>> = {
  toolCallDurationMsMax: {
    label: "Tool-call duration",
    format: formatDuration,
    stopped: "timed out",
    advice: "Make the tool answer sooner, or have it return a handle to poll.",
  },
  requestBytesMax: {
    label: "Request size",
    format: formatBytes,
    stopped: "refused as too large",
    advice: "Send less in one call, such as a link instead of a file.",
  },
  responseBytesMax: {
    label: "Response size",
    format: formatBytes,
    stopped: "cut off as too large",
    advice: "Return less: page the result, or filter it in the tool.",
  },
  hostedServersMax: {
    label: "Hosted servers",
    format: formatCount,
    stopped: "refused",
    advice: "Delete a server that nobody uses. What is there stays.",
  },
  retentionDaysMax: { label: "Log retention", format: days, stopped: "refused", advice: "" },
  viewersMax: {
    label: "Viewers of one log",
    format: formatCount,
    stopped: "refused",
    advice: "The next viewer waits until one leaves.",
  },
};

/** A longest retention that is used in full is a choice, not pressure. */
const isChoice = (cap: string): boolean => cap === "retentionDaysMax";

/** How near use comes to the caps of the plan. */
export function QuotaCard({ view }: { view: QuotaView }) {
  const { slug: org, can } = useOrganization();
  const quota = useQuery(quotaQuery(org, view));
  return (
    <Card
      title="Quota pressure"
      aside={<span className="text-faint text-xs">against the caps of the plan</span>}
      actions={
        can("billing:read") ? (
          <Button asChild size="sm">
            <Link href={`/${org}/settings/billing`}>Plan and caps</Link>
          </Button>
        ) : null
      }
    >
      <StaleNotice query={quota} />
      {quota.data ? (
        <ul className="grid divide-y lg:grid-cols-2 lg:divide-y-0 lg:[&>li:nth-child(n+3)]:border-t lg:[&>li:nth-child(even)]:border-l">
          {quota.data.caps.map((cap) => (
            <CapItem key={cap.cap} org={org} pressure={cap} />
          ))}
        </ul>
      ) : quota.isError ? (
        <QueryError query={quota} title="The caps could not be loaded" />
      ) : (
        <div aria-busy="true" className="grid gap-3 p-4">
          <Skeleton className="h-10 w-full" />
          <Skeleton className="h-10 w-full" />
          <Skeleton className="h-10 w-full" />
        </div>
      )}
    </Card>
  );
}

function CapItem({ org, pressure }: { org: string; pressure: QuotaPressure }) {
  const { cap, max, peak, nearCount, stoppedCount, servers } = pressure;
  const look = CAPS[cap] ?? { label: cap, format: formatCount, stopped: "stopped", advice: "" };
  const level = LEVEL[isChoice(cap) ? "ok" : pressure.level];
  const share = max === 0 ? 1 : Math.min(1, peak / max);
  const said = [
    stoppedCount > 0 ? `${formatCounted(stoppedCount, "call")} ${look.stopped}` : "",
    nearCount > 0 ? `at least ${formatCounted(nearCount, "call")} above 80 %` : "",
  ].filter((text) => text !== "");
  return (
    <li className="grid min-w-0 content-start gap-1.5 px-4 py-2.5">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <span className="font-medium">{look.label}</span>
        <Pill tone={level.tone} icon={level.icon}>
          {level.word}
        </Pill>
        <span className="ml-auto text-xs tabular-nums">
          {look.format(peak)} <span className="text-muted">of {look.format(max)}</span>
        </span>
      </p>
      <span aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-raised">
        <span className={cn("block h-full rounded-full", level.bar)} style={{ width: `${share * 100}%` }} />
      </span>
      {said.length > 0 ? <p className="text-xs">{said.join(", ")}</p> : null}
      {pressure.level !== "ok" && look.advice !== "" ? (
        <p className="text-muted text-xs">{look.advice}</p>
      ) : null}
      {pressure.level !== "ok" && !isChoice(cap) && servers.length > 0 ? (
        <p className="flex flex-wrap gap-x-2.5 text-xs">
          {servers.map((server) => (
            <Link
              key={server.serverId}
              href={`/${org}/servers/${server.slug}/logs`}
              className="rounded-sm text-accent hover:underline"
            >
              {server.slug} <span className="text-muted tabular-nums">{look.format(server.peak)}</span>
            </Link>
          ))}
        </p>
      ) : null}
    </li>
  );
}
