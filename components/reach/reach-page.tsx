"use client";

// Did a client's calls reach us, and how far did they come?

import { useQuery } from "@tanstack/react-query";
import { PhoneMissed } from "lucide-react";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import { useRef } from "react";
import { WindowPicker } from "#components/requests/window-picker.tsx";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { reachQuery } from "#lib/client/queries/diagnosis.ts";
import type { ReachReport } from "#lib/contract/reach.ts";
import { ReachFilters } from "./reach-filters.tsx";
import { type ReachSearch, reachSearch, reachViewOf } from "./reach-search.ts";
import { WhereToGo } from "./where-to-go.tsx";

// It brings the words of every decision; the frame does not wait for them.
const ReachTable = dynamic(() => import("./reach-table.tsx").then((module) => module.ReachTable), {
  ssr: false,
  loading: () => <ReachRowsSkeleton />,
});

export function ReachPage() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [search, setSearch] = useQueryStates(reachSearch, { history: "push" });
  const reach = useQuery(reachQuery(org, server.slug, reachViewOf(search)));
  return (
    <PageBody>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-semibold text-base">Did it reach us?</h2>
        <p className="text-muted">What arrived here of each client, and the last stage that was seen.</p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <WindowPicker value={search} onChange={(window) => void setSearch(window)} />
        <ReachFilters
          key={`${search.client}\n${search.agent}`}
          search={search}
          onChange={(change) => void setSearch(change)}
        />
      </div>
      <StaleNotice query={reach} />
      {reach.data ? (
        <div className={reach.isPlaceholderData ? "grid gap-3.5 opacity-60" : "grid gap-3.5"}>
          <Arrivals
            report={reach.data}
            search={search}
            onClear={() => void setSearch({ client: null, agent: null })}
          />
          <WhereToGo urls={reach.data.urls} />
        </div>
      ) : reach.isError ? (
        <Card>
          <QueryError query={reach} title="The arrivals could not be loaded" />
        </Card>
      ) : (
        <ReachSkeleton />
      )}
    </PageBody>
  );
}

interface ArrivalsProps {
  report: ReachReport;
  search: ReachSearch;
  onClear: () => void;
}

function Arrivals({ report, search, onClear }: ArrivalsProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const asked = [search.client, search.agent].filter(Boolean).map(withSigns).join(", ");
  const isNarrowed = asked !== "";
  const beginsBefore = Date.parse(report.window.from) < Date.parse(report.knownSince);
  return (
    <Card
      title="Clients"
      aside={
        report.clients.length > 0 ? (
          <span className="text-faint text-xs">{formatCounted(report.clients.length, "client")}</span>
        ) : null
      }
      actions={
        <span className="hidden text-faint text-xs sm:inline">
          <Time value={report.window.from} display="datetime" /> –{" "}
          <Time value={report.window.to} display="datetime" />
        </span>
      }
    >
      <div ref={list}>
        {report.didNotArrive || report.clients.length === 0 ? (
          <EmptyState
            icon={PhoneMissed}
            title={`Nothing of ${isNarrowed ? asked : "any client"} arrived in this window`}
            action={isNarrowed ? <Button onClick={onClear}>Show all clients</Button> : null}
          >
            Not even a discovery, at none of the doors. Compare the URL in the client's settings with those
            below; look for a proxy, a firewall or a VPN between it and us; and whether its clock and its
            window are the ones you mean.
          </EmptyState>
        ) : null}
        {report.clients.length > 0 ? (
          <ReachTable clients={report.clients} org={org} server={server.slug} />
        ) : null}
      </div>
      {beginsBefore ? (
        <p className="border-t px-4 py-2 text-muted text-xs">
          Nothing before <Time value={report.knownSince} display="datetime" /> is known: the history begins
          there.
        </p>
      ) : null}
    </Card>
  );
}

const ROWS = ["a", "b", "c", "d"];

const ReachSkeleton = () => (
  <Card aria-busy="true">
    <div className="border-b px-4 py-3">
      <Skeleton className="w-24" />
    </div>
    <ReachRowsSkeleton />
  </Card>
);

function ReachRowsSkeleton() {
  return ROWS.map((row) => (
    <div key={row} className="grid h-20 content-center gap-2 border-t px-4 first:border-t-0">
      <Skeleton className="w-1/3" />
      <Skeleton className="w-2/3" />
    </div>
  ));
}
