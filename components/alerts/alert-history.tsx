"use client";

import { useQuery } from "@tanstack/react-query";
import { BellOff, CircleCheck } from "lucide-react";
import Link from "next/link";
import { parseAsInteger, parseAsString, useQueryStates } from "nuqs";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useAddressWith } from "#components/shell/use-address-with.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { Pill } from "#components/ui/pill.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { alertsQuery } from "#lib/client/queries/alerts.ts";
import { SeverityPill } from "./severity-pill.tsx";

const ROWS_OF_SKELETON = ["a", "b", "c"];

/** What crossed a line, newest first; each line once per period. */
export function AlertHistory() {
  const { slug: org, can } = useOrganization();
  const mayReadIncidents = can("incidents:read");
  const [view, setView] = useQueryStates({ page: parseAsInteger.withDefault(1), asOf: parseAsString });
  const alerts = useQuery(alertsQuery(org, Math.max(1, view.page), view.asOf));
  const { data } = alerts;
  const addressWith = useAddressWith();
  const pageChange = (next: number) => ({ page: next, asOf: next === 1 ? null : (data?.asOf ?? null) });
  return (
    <>
      <StaleNotice query={alerts} />
      <Card title="Alerts">
        {data === undefined && alerts.isError ? (
          <QueryError query={alerts} title="The alerts could not be loaded" />
        ) : data?.total === 0 ? (
          <EmptyState icon={BellOff} title="Nothing crossed a line">
            Servers, budgets, credits, payments and the books tell here when they need somebody.
          </EmptyState>
        ) : (
          <ul className="divide-y" aria-label="Alerts" aria-busy={data === undefined}>
            {data === undefined
              ? ROWS_OF_SKELETON.map((row) => (
                  <li key={row} className="grid h-16 content-center gap-2 px-4">
                    <Skeleton className="w-1/2" />
                    <Skeleton className="w-2/3" />
                  </li>
                ))
              : data.data.map((alert) => (
                  <li key={alert.id} className="grid gap-1 px-4 py-3">
                    <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                      <SeverityPill severity={alert.severity} />
                      <Link
                        href={`/${org}${alert.path}`}
                        prefetch={false}
                        className="min-w-0 font-medium underline-offset-2 hover:underline"
                      >
                        {withSigns(alert.title)}
                      </Link>
                      {alert.resolvedAt === null ? null : (
                        <Pill tone="ok" icon={CircleCheck}>
                          over
                        </Pill>
                      )}
                      <span className="ml-auto text-muted text-xs">
                        <Time value={alert.firedAt} />
                      </span>
                    </div>
                    <p className="text-muted text-xs">
                      {withSigns(alert.detail)}
                      {alert.resolvedAt === null ? null : (
                        <>
                          {" "}
                          Over <Time value={alert.resolvedAt} />.
                        </>
                      )}
                    </p>
                    {alert.incidentId === null || !mayReadIncidents ? null : (
                      <Link
                        href={`/${org}/incidents/${alert.incidentId}`}
                        prefetch={false}
                        className="w-fit rounded-sm text-accent text-xs hover:underline"
                      >
                        Open its incident
                      </Link>
                    )}
                  </li>
                ))}
          </ul>
        )}
        {data && data.total > 0 ? (
          <Pager
            page={data}
            hrefOf={(next) => addressWith(pageChange(next))}
            onPage={(next) => void setView(pageChange(next))}
          />
        ) : null}
      </Card>
    </>
  );
}
