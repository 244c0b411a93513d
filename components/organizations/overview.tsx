"use client";

// Is the fleet healthy, what failed in the last 24 hours, and what changed lately?

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, History, Plus, Server as ServerIcon } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { CreditTile } from "#components/billing/credit-tile.tsx";
import { CallsChart } from "#components/charts/calls-chart.tsx";
import { OperationPill } from "#components/servers/operation-pill.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount, formatPercent, NO_NUMBER, splitDuration } from "#components/ui/numbers.ts";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";
import { Time } from "#components/ui/time.tsx";
import { overviewQuery } from "#lib/client/queries/organizations.ts";
import type { Overview } from "#lib/contract/index.ts";
import { OverviewSkeleton } from "./overview-skeleton.tsx";

// The sidebar asks the same and may know it before the page is interactive: what the server drew must not depend on it.
const OpenIncidents = dynamic(
  () => import("#components/incidents/open-incidents.tsx").then((module) => module.OpenIncidents),
  { ssr: false },
);

/** An error rate from which the number is shown as failing. */
const ERROR_RATE_BAD = 0.02;

export function OrganizationOverview() {
  const { slug: org, name } = useOrganization();
  const overview = useQuery(overviewQuery(org));
  return (
    <>
      <PageHeader title={name} aside={<span className="text-faint text-xs">last 24 hours</span>} />
      <PageBody>
        <StaleNotice query={overview} />
        {overview.data === undefined ? (
          overview.isError ? (
            <Card>
              <QueryError query={overview} title="The overview could not be loaded" />
            </Card>
          ) : (
            <OverviewSkeleton />
          )
        ) : overview.data.servers.total === 0 ? (
          <FirstServer org={org} />
        ) : (
          <Fleet org={org} overview={overview.data} />
        )}
      </PageBody>
    </>
  );
}

function FirstServer({ org }: { org: string }) {
  const { can } = useOrganization();
  return (
    <Card>
      <EmptyState
        icon={ServerIcon}
        title="Publish your first server"
        action={
          can("servers:write") ? (
            <Button asChild variant="primary">
              <Link href={`/${org}/servers/new`}>
                <Plus aria-hidden="true" />
                New server
              </Link>
            </Button>
          ) : null
        }
      >
        Upload one JavaScript module and this installation runs it, gives it an MCP URL, and shows every call
        and every console line. Or connect a server that already runs elsewhere.
      </EmptyState>
    </Card>
  );
}

function Fleet({ org, overview }: { org: string; overview: Overview }) {
  const { servers, last24h } = overview;
  const errorRate = last24h.calls > 0 ? last24h.errors / last24h.calls : null;
  const p95 = last24h.p95Ms === null ? null : splitDuration(last24h.p95Ms);
  return (
    <>
      <StatStrip label="Fleet, last 24 hours">
        <Stat label="Servers" detail={`of ${formatCount(servers.total)} active`}>
          {formatCount(servers.active)}
        </Stat>
        <Stat
          label="Failing"
          tone={servers.failing > 0 ? "fail" : undefined}
          detail={servers.failing > 0 ? "need a look" : "none known"}
        >
          {formatCount(servers.failing)}
        </Stat>
        <Stat label="Calls">{formatCount(last24h.calls)}</Stat>
        <Stat
          label="Failed"
          tone={errorRate !== null && errorRate >= ERROR_RATE_BAD ? "fail" : undefined}
          detail={last24h.errors > 0 ? `${formatCount(last24h.errors)} calls` : undefined}
        >
          {formatPercent(errorRate)}
        </Stat>
        <Stat label="p95" detail={p95?.unit}>
          {p95?.value ?? NO_NUMBER}
        </Stat>
      </StatStrip>
      <OpenIncidents />
      <CreditTile />
      <CallsChart title="Calls per hour" hours={overview.callsByHour} />
      <div className="grid items-start gap-3.5 lg:grid-cols-[1.25fr_1fr]">
        <RecentOperations org={org} operations={overview.recentOperations} />
        <FailingServers org={org} servers={overview.failingServers} />
      </div>
    </>
  );
}

function RecentOperations({ org, operations }: { org: string; operations: Overview["recentOperations"] }) {
  return (
    <Card title="Recent operations">
      {operations.length === 0 ? (
        <EmptyState icon={History} title="Nothing was published or changed yet" className="py-8" />
      ) : (
        <ul className="divide-y">
          {operations.map((operation) => (
            <li
              key={operation.id}
              className="relative flex min-h-10 items-center gap-3 px-4 py-1.5 hover:bg-raised/60"
            >
              <span className="min-w-0 flex-1 truncate">
                <Link
                  href={`/${org}/servers/${operation.serverSlug}/hosting?operation=${operation.id}`}
                  className="block truncate rounded-sm font-medium after:absolute after:inset-0 sm:inline"
                >
                  {operation.serverSlug}
                </Link>{" "}
                <span className="text-muted">{operation.kind.replaceAll("_", " ")}</span>{" "}
                {operation.version ? (
                  <span className="font-mono text-muted text-xs">{operation.version}</span>
                ) : null}
              </span>
              <OperationPill state={operation.state} />
              <Time value={operation.at} className="relative w-20 text-right text-faint text-xs" />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function FailingServers({ org, servers }: { org: string; servers: Overview["failingServers"] }) {
  return (
    <Card title="Failing servers">
      {servers.length === 0 ? (
        <EmptyState icon={CircleCheck} title="No server is known to fail" className="py-8">
          Servers appear here when their last smoke test failed or their runtime keeps crashing.
        </EmptyState>
      ) : (
        <ul className="divide-y">
          {servers.map((server) => (
            <li key={server.slug} className="relative flex gap-2.5 px-4 py-2 hover:bg-raised/60">
              <CircleX aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-fail" />
              <span className="min-w-0">
                <Link
                  href={`/${org}/servers/${server.slug}/hosting`}
                  className="block truncate rounded-sm font-medium after:absolute after:inset-0"
                >
                  {server.name}
                </Link>
                <span className="line-clamp-2 break-words text-muted text-xs">{server.reason}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
