"use client";

import { useQuery } from "@tanstack/react-query";
import { formatCount, formatPercent, NO_NUMBER } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";
import { gatewaysQuery } from "#lib/client/queries/gateways.ts";
import { useGateway } from "./gateway-context.tsx";

/** How much came through in the last 24 hours, and how much of it was turned away. */
export function GatewayActivity() {
  const { org, gateway } = useGateway();
  const gateways = useQuery(gatewaysQuery(org));
  const activity = gateways.data?.find((candidate) => candidate.id === gateway.id);
  const unknown = gateways.isPending ? <Skeleton className="h-4.5 w-14" /> : NO_NUMBER;
  const share = activity && activity.calls24h > 0 ? activity.denied24h / activity.calls24h : null;
  return (
    <StatStrip label="Activity">
      <Stat label="Calls, 24 h">{activity ? formatCount(activity.calls24h) : unknown}</Stat>
      <Stat
        label="Denied, 24 h"
        tone={activity && activity.denied24h > 0 ? "warn" : undefined}
        detail={share !== null && share > 0 ? formatPercent(share) : undefined}
      >
        {activity ? formatCount(activity.denied24h) : unknown}
      </Stat>
      <Stat label="Servers">{formatCount(gateway.servers.length)}</Stat>
      <Stat
        label="Grants"
        tone={gateway.grantCount === 0 ? "warn" : undefined}
        detail={gateway.grantCount === 0 ? "everything is denied" : undefined}
      >
        {formatCount(gateway.grantCount)}
      </Stat>
      <Stat label="Keys">{formatCount(gateway.keyCount)}</Stat>
    </StatStrip>
  );
}
