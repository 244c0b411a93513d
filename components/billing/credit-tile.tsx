"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Money } from "#components/ui/money.tsx";
import { creditSummaryQuery } from "#lib/client/queries/billing.ts";
import { runwayText } from "./runway-text.ts";

/** The credits of the organization on its overview, and the way to why they changed. Nothing for those who may not see it. */
export function CreditTile() {
  const { slug: org, can } = useOrganization();
  const mayRead = can("billing:read");
  const { data } = useQuery({ ...creditSummaryQuery(org), enabled: mayRead });
  if (!mayRead || data === undefined) return null;
  if (!data.plan.isPriced && data.balanceMicros === "0" && data.debtMicros === "0") return null;
  return (
    <Link
      href={`/${org}/settings/billing`}
      className="flex flex-wrap items-baseline gap-x-3 gap-y-1 rounded-lg border bg-surface px-4 py-2.5 hover:bg-raised/60"
    >
      <span className="text-muted text-xs">Credit balance</span>
      <Money micros={data.balanceMicros} className="font-semibold text-lg tracking-[-0.01em]" />
      <span className="text-muted text-xs">{runwayText(data.runway)}</span>
      <span className="ml-auto text-muted text-xs">
        <Money micros={data.spent24hMicros} /> spent in 24 h
      </span>
    </Link>
  );
}
