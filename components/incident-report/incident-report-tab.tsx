"use client";

// What happened, for somebody who was not there: to read, to print, to hand on.

import { useQuery } from "@tanstack/react-query";
import { Download, Printer } from "lucide-react";
import dynamic from "next/dynamic";
import { useIncident } from "#components/incidents/incident-context.tsx";
import { pathHref } from "#components/incidents/incident-text.ts";
import { CardsSkeleton } from "#components/shell/cards-skeleton.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { incidentReportQuery } from "#lib/client/queries/incident-report.ts";
import { incidentExportUrl } from "#lib/client/queries/incidents.ts";

// Both follow with their data.
const ReportView = dynamic(() => import("./report-view.tsx").then((module) => module.ReportView), {
  ssr: false,
  loading: () => <CardsSkeleton />,
});
const ShareCard = dynamic(() => import("./share-card.tsx").then((module) => module.ShareCard), {
  ssr: false,
  loading: () => <Skeleton className="h-48 w-full rounded-lg" />,
});

const FORMATS = [
  { format: "markdown", label: "Markdown" },
  { format: "json", label: "JSON" },
  { format: "zip", label: "Zip" },
] as const;

export function IncidentReportTab() {
  const { org, ref } = useIncident();
  const report = useQuery(incidentReportQuery(org, ref));
  return (
    <PageBody className="items-start xl:grid-cols-[minmax(0,1fr)_24rem] print:block print:p-0">
      <div className="grid min-w-0 gap-3.5 print:block">
        <StaleNotice query={report} />
        {report.data === undefined ? (
          report.isError ? (
            <Card>
              <QueryError query={report} title="The report could not be made" />
            </Card>
          ) : (
            <CardsSkeleton />
          )
        ) : (
          <Card className="px-4 py-5 sm:px-7 print:overflow-visible print:border-0 print:p-0">
            <ReportView report={report.data} hrefOf={(path) => pathHref(org, path)} />
          </Card>
        )}
      </div>
      <aside aria-label="Hand it on" className="grid min-w-0 gap-3.5 max-xl:order-first print:hidden">
        <Card title="Files">
          <div className="grid gap-3 p-4">
            <p className="text-muted">
              Secrets are taken out. The zip also holds the evidence, so that the diagnosis can be made again.
            </p>
            <div className="flex flex-wrap gap-2">
              {FORMATS.map(({ format, label }) => (
                <Button key={format} asChild>
                  <a href={incidentExportUrl(org, ref, format)} download>
                    <Download aria-hidden="true" />
                    {label}
                  </a>
                </Button>
              ))}
              <Button onClick={() => window.print()}>
                <Printer aria-hidden="true" />
                Print
              </Button>
            </div>
          </div>
        </Card>
        <ShareCard />
      </aside>
    </PageBody>
  );
}
