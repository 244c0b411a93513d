"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Money } from "#components/ui/money.tsx";
import { formatCount, formatPercent, NO_NUMBER } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";
import { Time } from "#components/ui/time.tsx";
import { agentsQuery } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";
import { shareOfCap } from "./share-of-cap.ts";

const TONE = { ok: undefined, near: "warn", used_up: "fail" } as const;

/** How much the agent called in the last 24 hours, and what it spent of its month. */
export function AgentActivity() {
  const { org, agent } = useAgent();
  const agents = useQuery(agentsQuery(org));
  const activity = agents.data?.find((candidate) => candidate.id === agent.id);
  const unknown = agents.isPending ? <Skeleton className="h-4.5 w-14" /> : NO_NUMBER;
  const share = activity && activity.calls24h > 0 ? activity.errors24h / activity.calls24h : null;
  const cap = activity?.capMicros ?? null;
  return (
    <StatStrip label="Activity">
      <Stat label="Calls, 24 h">{activity ? formatCount(activity.calls24h) : unknown}</Stat>
      <Stat label="Errors, 24 h" detail={share !== null && share > 0 ? formatPercent(share) : undefined}>
        {activity ? formatCount(activity.errors24h) : unknown}
      </Stat>
      <Stat
        label="Spent this month"
        tone={activity && cap !== null ? TONE[shareOfCap(activity.spentMicros, cap).level] : undefined}
        detail={
          activity ? (
            <Link href={`/${org}/agents/${agent.id}/budget`} className="rounded-sm hover:underline">
              {cap === null ? (
                "no cap"
              ) : (
                <>
                  of <Money micros={cap} />
                </>
              )}
            </Link>
          ) : undefined
        }
      >
        {activity ? <Money micros={activity.spentMicros} /> : unknown}
      </Stat>
      <Stat label="Last call">
        {activity ? activity.lastCallAt ? <Time value={activity.lastCallAt} /> : "never" : unknown}
      </Stat>
    </StatStrip>
  );
}
