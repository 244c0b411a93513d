"use client";

import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "#components/shell/organization-context.tsx";
import {
  formatCount,
  formatCounted,
  formatPercent,
  NO_NUMBER,
  splitDuration,
} from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";
import { Time } from "#components/ui/time.tsx";
import { serversQuery } from "#lib/client/queries/servers.ts";
import { useServer } from "./server-context.tsx";

/** An error rate from which the number is shown as failing. */
const ERROR_RATE_BAD = 0.02;

/** What is served since when, and how the last 24 hours went. */
export function ActivityStrip() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const servers = useQuery(serversQuery(org));
  const activity = servers.data?.find((candidate) => candidate.id === server.id);
  const p95 = activity?.p95Ms24h == null ? null : splitDuration(activity.p95Ms24h);
  const unknown = servers.isPending ? <Skeleton className="h-4.5 w-14" /> : NO_NUMBER;
  const bad = (activity?.errorRate24h ?? 0) >= ERROR_RATE_BAD;
  return (
    <StatStrip label="Activity">
      {server.kind === "hosted" ? (
        <Stat
          label="Serving"
          detail={
            server.activeVersion && server.status === "active" ? (
              <>
                since <Time value={server.activeVersion.publishedAt} display="short" />
              </>
            ) : undefined
          }
        >
          {server.activeVersion && server.status === "active" ? (
            <span className="font-mono text-base">v{server.activeVersion.semver}</span>
          ) : (
            "nothing"
          )}
        </Stat>
      ) : (
        <Stat label="Serving">{server.status === "active" ? "upstream" : "nothing"}</Stat>
      )}
      <Stat label="Calls, 24 h">{activity ? formatCount(activity.calls24h) : unknown}</Stat>
      <Stat label="Failed, 24 h" tone={bad ? "fail" : undefined}>
        {activity ? formatPercent(activity.errorRate24h) : unknown}
      </Stat>
      <Stat label="p95, 24 h" detail={p95?.unit}>
        {activity ? (p95?.value ?? NO_NUMBER) : unknown}
      </Stat>
      <Stat
        label="Last smoke"
        tone={server.lastSmoke === null ? undefined : server.lastSmoke.status === "passed" ? "ok" : "fail"}
        detail={
          server.lastSmoke ? (
            <>
              {server.lastSmoke.toolCount === null
                ? null
                : `${formatCounted(server.lastSmoke.toolCount, "tool")} · `}
              <Time value={server.lastSmoke.at} />
            </>
          ) : undefined
        }
      >
        {server.lastSmoke?.status ?? "never run"}
      </Stat>
    </StatStrip>
  );
}
