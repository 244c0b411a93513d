"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowRight, Siren } from "lucide-react";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { openIncidentsQuery } from "#lib/client/queries/open-incidents.ts";
import { incidentHref } from "./incident-text.ts";

/** How many incidents are open, with the newest one; nothing while there is none or nobody knows. */
export function OpenIncidents() {
  const { slug: org, can } = useOrganization();
  const mayRead = can("incidents:read");
  const { data } = useQuery({ ...openIncidentsQuery(org), enabled: mayRead });
  const newest = data?.data[0];
  if (!mayRead || data === undefined || newest === undefined) return null;
  return (
    <section
      aria-label="Open incidents"
      className="relative flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-fail/40 bg-fail/5 px-4 py-2.5 hover:bg-fail/8"
    >
      <Siren aria-hidden="true" className="size-4 shrink-0 text-fail" />
      <Link
        href={`/${encodeURIComponent(org)}/incidents`}
        className="relative z-1 rounded-sm font-semibold hover:underline"
      >
        {formatCounted(data.total, "open incident")}
      </Link>
      <Link
        href={incidentHref(org, newest.number)}
        className="min-w-0 flex-1 basis-52 truncate rounded-sm after:absolute after:inset-0"
      >
        <span className="text-muted">#{newest.number}</span> {withSigns(newest.title)}
        {newest.headline === "" || newest.headline === newest.title ? null : (
          <span className="text-muted"> {withSigns(newest.headline)}</span>
        )}
      </Link>
      <span className="text-muted text-xs">
        <Time value={newest.openedAt} className="relative" />
      </span>
      <ArrowRight aria-hidden="true" className="size-4 text-faint" />
    </section>
  );
}
