"use client";

import { useQuery } from "@tanstack/react-query";
import { formatCount } from "#components/ui/numbers.ts";
import { openIncidentsQuery } from "#lib/client/queries/open-incidents.ts";

/** How many incidents are open, beside the word; nothing while there is none or nobody knows. */
export function OpenIncidentsCount({ org }: { org: string }) {
  const { data } = useQuery(openIncidentsQuery(org));
  if (!data || data.total === 0) return null;
  const isCritical = data.data.some((incident) => incident.severity === "critical");
  return (
    <span
      className={
        isCritical
          ? "ml-auto rounded-full bg-fail-solid px-1.5 font-medium text-2xs text-[oklch(1_0_0)] tabular-nums"
          : "ml-auto rounded-full bg-raised px-1.5 font-medium text-2xs text-muted tabular-nums"
      }
    >
      {formatCount(data.total)}
      <span className="sr-only">{isCritical ? " open, some of them critical" : " open"}</span>
    </span>
  );
}
