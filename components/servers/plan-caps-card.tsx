"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleX, TriangleAlert } from "lucide-react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatBytes, formatCounted, formatDuration, formatPercent } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { hostingHealthQuery } from "#lib/client/queries/hosting.ts";
import type { CapPressure } from "#lib/contract/index.ts";
import { useServer } from "./server-context.tsx";

const CAPS: Record<CapPressure["cap"], { label: string; format: (value: number) => string }> = {
  toolCallDurationMs: { label: "Tool call duration", format: formatDuration },
  requestBytes: { label: "Request size", format: formatBytes },
  responseBytes: { label: "Response size", format: formatBytes },
};
/** From this part of a cap on, the next slow or large call may hit it. */
const NEAR = 0.8;

/** How near the largest call of the last 24 hours came to each cap of the plan, and how many calls a cap ended. */
export function PlanCapsCard() {
  const { slug: org, plan } = useOrganization();
  const server = useServer();
  const health = useQuery(hostingHealthQuery(org, server.slug));
  const caps = health.data?.caps;
  return (
    <Card
      title="Plan caps"
      actions={<span className="text-faint text-xs">plan {plan} · largest call, last 24 h</span>}
    >
      {caps === undefined ? (
        health.isError ? (
          <QueryError query={health} title="The caps could not be loaded" />
        ) : (
          <ul className="divide-y" aria-busy="true">
            {Object.keys(CAPS).map((cap) => (
              <li key={cap} className="grid h-13 content-center gap-2 px-4">
                <Skeleton className="w-1/2" />
                <Skeleton className="h-1.5" />
              </li>
            ))}
          </ul>
        )
      ) : (
        <ul className="divide-y">
          {caps.map((cap) => (
            <CapRow key={cap.cap} pressure={cap} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function CapRow({ pressure }: { pressure: CapPressure }) {
  const { label, format } = CAPS[pressure.cap];
  const share = pressure.max > 0 ? Math.min(1, pressure.peak24h / pressure.max) : 0;
  const tone = pressure.exceeded24h > 0 ? "fail" : share >= NEAR ? "warn" : "calm";
  const Icon = tone === "fail" ? CircleX : TriangleAlert;
  return (
    <li className="grid gap-1 px-4 py-2">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span>{label}</span>
        <span className="ml-auto">
          {pressure.peak24h === 0 ? (
            <span className="text-muted">no calls, the cap is {format(pressure.max)}</span>
          ) : (
            <>
              <span className="font-medium">{format(pressure.peak24h)}</span>
              <span className="text-muted">
                {" "}
                of {format(pressure.max)} · {formatPercent(share)}
              </span>
            </>
          )}
        </span>
      </div>
      <div aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-raised">
        <div
          className={cn(
            "h-full rounded-full",
            share > 0 && "min-w-0.5",
            tone === "fail" ? "bg-fail" : tone === "warn" ? "bg-warn" : "bg-accent",
          )}
          style={{ width: `${share * 100}%` }}
        />
      </div>
      <p
        className={cn(
          "flex items-center gap-1 text-xs",
          tone === "fail" ? "text-fail" : tone === "warn" ? "text-warn" : "text-faint",
        )}
      >
        {tone === "calm" ? null : <Icon aria-hidden="true" className="size-3 shrink-0" strokeWidth={2.5} />}
        {formatCounted(pressure.exceeded24h, "call")} hit it
        {tone === "warn" ? "; the largest came near" : null}
      </p>
    </li>
  );
}
