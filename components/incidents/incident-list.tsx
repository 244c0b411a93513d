"use client";

// What is wrong now, who works on it, and what was it before?

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Footprints, SearchX, X } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { type ReactNode, useRef } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { useAddressWith } from "#components/shell/use-address-with.ts";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { WhyReadOnly } from "#components/shell/why-read-only.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { Pager } from "#components/ui/pager.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { incidentsQuery } from "#lib/client/queries/incidents.ts";
import { type IncidentListSearch, incidentListSearch, viewOfSearch } from "./incident-list-search.ts";
import { IncidentTable } from "./incident-table.tsx";
import { IncidentTableSkeleton } from "./incident-table-skeleton.tsx";
import { startHref } from "./start-href.ts";

const STATUS_OPTIONS = [
  { value: "open", label: "Open" },
  { value: "resolved", label: "Resolved" },
  { value: "all", label: "All" },
] as const;

export function IncidentList() {
  const { slug: org, can } = useOrganization();
  const addressWith = useAddressWith();
  const [search, setSearch] = useQueryStates(incidentListSearch);
  const incidents = useQuery(incidentsQuery(org, viewOfSearch(search)));
  const table = useRef<HTMLDivElement>(null);
  useRowKeys(table);
  const start = can("incidents:write") ? <StartButton org={org} /> : null;
  const page = incidents.data;
  const isNarrowed = search.server !== null || search.agent !== null;
  return (
    <>
      <PageHeader title="Incidents" actions={start ?? <WhyReadOnly changing="incidents" />} />
      <PageBody>
        <StaleNotice query={incidents} />
        <div className="flex flex-wrap items-center gap-2">
          <SegmentedControl
            label="Status"
            value={search.status}
            onChange={(status) => void setSearch({ status, page: null })}
            options={STATUS_OPTIONS}
          />
          {isNarrowed ? (
            <Button size="sm" onClick={() => void setSearch({ server: null, agent: null, page: null })}>
              {search.server ? "Of one server" : "Of one agent"}
              <X aria-label="Show those of all" />
            </Button>
          ) : null}
          {page && page.total > 0 ? (
            <span className="ml-auto text-faint text-xs" role="status">
              {formatCounted(page.total, "incident")}
            </span>
          ) : null}
        </div>
        <Card>
          <div ref={table}>
            {page === undefined ? (
              incidents.isError ? (
                <QueryError query={incidents} title="The incidents could not be loaded" />
              ) : (
                <IncidentTableSkeleton />
              )
            ) : page.data.length === 0 ? (
              <NothingHere
                search={search}
                start={start}
                onAll={() => void setSearch({ status: "all", server: null, agent: null, page: null })}
              />
            ) : (
              <>
                <IncidentTable org={org} incidents={page.data} />
                {page.total > page.data.length ? (
                  <Pager
                    page={page}
                    hrefOf={(to) => addressWith({ page: to })}
                    onPage={(to) => void setSearch({ page: to })}
                  />
                ) : null}
              </>
            )}
          </div>
        </Card>
      </PageBody>
    </>
  );
}

const StartButton = ({ org }: { org: string }) => (
  <Button asChild variant="primary">
    <Link href={startHref(org)}>
      <Footprints aria-hidden="true" />
      Start walkthrough
    </Link>
  </Button>
);

interface NothingHereProps {
  search: IncidentListSearch;
  start: ReactNode;
  onAll: () => void;
}

/** No incident in this view: that is good news, or the wrong view. */
function NothingHere({ search, start, onAll }: NothingHereProps) {
  const isFirstPage = search.page <= 1;
  if (!isFirstPage || search.server !== null || search.agent !== null)
    return (
      <EmptyState
        icon={SearchX}
        title={isFirstPage ? "No incident of it here" : "This page is behind the end"}
        action={<Button onClick={onAll}>Show all incidents</Button>}
      />
    );
  if (search.status === "resolved")
    return (
      <EmptyState
        icon={SearchX}
        title="No incident is resolved yet"
        action={<Button onClick={onAll}>Show all incidents</Button>}
      />
    );
  return (
    <>
      <EmptyState
        icon={CircleCheck}
        title={search.status === "all" ? "There was no incident yet" : "No incident is open"}
        action={start}
      >
        Alerts open one by themselves. When something looks wrong to you, start a walkthrough: it asks every
        hop, and names the cause with its evidence, or what is missing to tell.
      </EmptyState>
      <div className="mx-auto grid max-w-md gap-1.5 px-6 pb-8">
        <p className="text-center text-faint text-xs">The same diagnosis, in a terminal or a pipeline</p>
        <CodeBlock label="command" code="mcpstack diagnose <server>" />
      </div>
    </>
  );
}
