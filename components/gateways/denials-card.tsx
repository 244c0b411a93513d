"use client";

import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import Link from "next/link";
import { DecisionPill } from "#components/requests/decision-pill.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { latestDenialsQuery } from "#lib/client/queries/gateway-logs.ts";
import type { GatewayLogPage } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";

const ROWS_OF_SKELETON = ["a", "b", "c"];

/** Why callers were turned away in the last 24 hours, the most frequent reason first. */
export function DenialsCard() {
  const { org, gateway } = useGateway();
  const denials = useQuery(latestDenialsQuery(org, gateway.id));
  const logs = `/${org}/gateways/${gateway.id}/logs`;
  return (
    <Card
      title="Turned away, 24 h"
      aside={
        denials.data && denials.data.total > 0 ? (
          <span className="text-faint text-xs">{countOf(denials.data)}</span>
        ) : null
      }
      actions={
        <Button asChild size="sm" variant="ghost">
          <Link href={`${logs}?decision=denied`}>View logs</Link>
        </Button>
      }
    >
      <div className="px-4 pt-3 empty:hidden">
        <StaleNotice query={denials} />
      </div>
      {denials.data === undefined ? (
        denials.isError ? (
          <QueryError query={denials} title="The denials could not be loaded" />
        ) : (
          <ul className="divide-y" aria-busy="true">
            {ROWS_OF_SKELETON.map((row) => (
              <li key={row} className="flex h-9.5 items-center px-4">
                <Skeleton className="w-2/3" />
              </li>
            ))}
          </ul>
        )
      ) : denials.data.data.length === 0 ? (
        <EmptyState icon={ShieldCheck} title="Nobody was turned away" className="py-8">
          Every denial of the last 24 hours would be listed here by its reason.
        </EmptyState>
      ) : (
        <Reasons page={denials.data} hrefOf={(reason) => `${logs}?decision=${encodeURIComponent(reason)}`} />
      )}
    </Card>
  );
}

/** Only the newest denials are read; when there are more, that is said. */
function countOf(page: GatewayLogPage): string {
  const total = page.totalIsCapped ? `more than ${formatCount(page.total - 1)}` : formatCount(page.total);
  return page.data.length < page.total ? `newest ${formatCount(page.data.length)} of ${total}` : total;
}

function Reasons({ page, hrefOf }: { page: GatewayLogPage; hrefOf: (reason: string) => string }) {
  const counts = new Map<string, number>();
  for (const row of page.data) {
    const reason = row.decision?.reason ?? row.outcome;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = [...counts].sort((left, right) => right[1] - left[1]);
  return (
    <ul className="divide-y">
      {reasons.map(([reason, count]) => (
        <li key={reason} className="relative flex min-h-9.5 items-center gap-3 px-4 py-1 hover:bg-raised/60">
          <Link href={hrefOf(reason)} className="w-44 shrink-0 rounded-sm after:absolute after:inset-0">
            <DecisionPill reason={reason} />
          </Link>
          <span aria-hidden="true" className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-raised">
            <span
              className="block h-full rounded-full bg-warn/70"
              style={{ width: `${(100 * count) / page.data.length}%` }}
            />
          </span>
          <span className="w-10 text-right tabular-nums">{formatCount(count)}</span>
        </li>
      ))}
    </ul>
  );
}
