"use client";

// What is used, by whom and by what; what changed; how near is it to the plan?

import { useQuery } from "@tanstack/react-query";
import { ChartColumn } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { lazy, Suspense } from "react";
import { WhatBroke } from "#components/incidents/what-broke.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Money } from "#components/ui/money.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Stat } from "#components/ui/stat-strip.tsx";
import { Time } from "#components/ui/time.tsx";
import { creditSummaryQuery } from "#lib/client/queries/billing.ts";
import { quotaQuery, usageQuery } from "#lib/client/queries/usage.ts";
import type { UsageReport } from "#lib/contract/index.ts";
import { UsageChart } from "./usage-chart.tsx";
import { DIMENSIONS, filtersOf, NO_FILTERS, type UsageSearch, usageSearch, viewOf } from "./usage-search.ts";
import { UsageSkeleton } from "./usage-skeleton.tsx";
import { UsageTable } from "./usage-table.tsx";
import { UsageTiles } from "./usage-tiles.tsx";
import { UsageToolbar } from "./usage-toolbar.tsx";

// Below the fold: its code comes after what is looked at first.
const QuotaCard = lazy(() => import("./quota-card.tsx").then((module) => ({ default: module.QuotaCard })));

const DIMENSION_WORDS: Readonly<Record<UsageSearch["by"], string>> = {
  server: "Server",
  tool: "Tool",
  agent: "Agent",
  client: "Client",
  source: "Source",
  region: "Region",
  outcome: "Outcome",
};

export function UsagePage() {
  const { slug: org } = useOrganization();
  const [search, setSearch] = useQueryStates(usageSearch, { history: "push" });
  const view = viewOf(search);
  const usage = useQuery(usageQuery(org, view));
  return (
    <>
      <PageHeader
        title="Usage"
        aside={usage.data ? <Covered report={usage.data} /> : null}
        actions={
          <WhatBroke
            label="Explain a spike"
            about={{
              symptom: "usage_spike",
              server: search.server,
              agent: search.agent,
              tool: search.tool,
              client: search.client,
              at: search.window === "custom" ? search.to : null,
            }}
          />
        }
      />
      <PageBody>
        <UsageToolbar search={search} onChange={(change) => void setSearch(change)} />
        <StaleNotice query={usage} />
        {usage.data ? (
          <div className={usage.isPlaceholderData ? "grid gap-3.5 opacity-60" : "grid gap-3.5"}>
            <UsageTiles report={usage.data}>
              <HostedServers search={search} />
              <Credits />
            </UsageTiles>
            <UsageChart report={usage.data} />
            <Contributors
              report={usage.data}
              search={search}
              onBy={(by) => void setSearch({ by })}
              onClear={() => void setSearch(NO_FILTERS)}
            />
          </div>
        ) : usage.isError ? (
          <Card>
            <QueryError query={usage} title="The usage could not be loaded" />
          </Card>
        ) : (
          <UsageSkeleton />
        )}
        <Suspense fallback={<Skeleton className="h-48 w-full rounded-lg" />}>
          <QuotaCard view={view} />
        </Suspense>
      </PageBody>
    </>
  );
}

/** Up to when the numbers are whole, and what they are compared with. */
function Covered({ report: { completeTo, compared } }: { report: UsageReport }) {
  return (
    <span className="text-faint text-xs">
      complete to <Time value={completeTo} display="short" />
      {compared ? (
        <>
          {" · compared with "}
          <Time value={compared.from} display="short" />
          {" – "}
          <Time value={compared.to} display="short" />
        </>
      ) : null}
    </span>
  );
}

interface ContributorsProps {
  report: UsageReport;
  search: UsageSearch;
  onBy: (by: UsageSearch["by"]) => void;
  onClear: () => void;
}

function Contributors({ report, search, onBy, onClear }: ContributorsProps) {
  const { slug: org } = useOrganization();
  const filters = filtersOf(search);
  const isNarrowed = Object.keys(filters).length > 0;
  return (
    <Card
      title="Contributors"
      aside={
        <span className="text-faint text-xs">
          {report.compared ? "biggest change first" : "biggest first"}
        </span>
      }
      actions={
        <div className="max-w-full overflow-x-auto">
          <SegmentedControl
            label="By"
            className="h-7"
            value={search.by}
            onChange={onBy}
            options={DIMENSIONS.map((value) => ({ value, label: DIMENSION_WORDS[value] }))}
          />
        </div>
      }
    >
      {report.groups.length > 0 ? (
        <UsageTable org={org} report={report} filters={filters} />
      ) : (
        <EmptyState
          icon={ChartColumn}
          title={isNarrowed ? "No calls match" : "No tool calls in this window"}
          className="py-9"
          action={
            isNarrowed ? (
              <Button onClick={onClear}>Clear filters</Button>
            ) : (
              <Button asChild>
                <Link href={`/${org}/servers`}>Servers</Link>
              </Button>
            )
          }
        >
          {isNarrowed
            ? "Nothing was called in this window that fits the filters."
            : "Tool calls of all servers are counted here, also where no logs are kept. Call a tool, or choose a longer window."}
        </EmptyState>
      )}
      {report.groupsAreCapped ? (
        <p className="border-t px-4 py-2 text-muted text-xs">
          The values that changed least are counted together; the CSV file has each.
        </p>
      ) : null}
    </Card>
  );
}

function HostedServers({ search }: { search: UsageSearch }) {
  const { slug: org } = useOrganization();
  const { hostedServers } = useQuery(quotaQuery(org, viewOf(search))).data ?? {};
  return (
    <Stat
      label="Hosted servers"
      tone={hostedServers && hostedServers.used >= hostedServers.max ? "warn" : undefined}
      detail={hostedServers ? `of ${formatCount(hostedServers.max)}` : null}
    >
      {hostedServers ? formatCount(hostedServers.used) : "–"}
    </Stat>
  );
}

function Credits() {
  const { slug: org, can } = useOrganization();
  const mayRead = can("billing:read");
  const summary = useQuery({ ...creditSummaryQuery(org), enabled: mayRead });
  return (
    <Stat
      label="Credit balance"
      detail={
        mayRead ? (
          <Link href={`/${org}/settings/billing`} className="rounded-sm text-accent hover:underline">
            Billing
          </Link>
        ) : (
          "for admins and owners"
        )
      }
    >
      {summary.data ? <Money micros={summary.data.balanceMicros} /> : "–"}
    </Stat>
  );
}
