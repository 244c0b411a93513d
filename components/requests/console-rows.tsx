"use client";

import { SquareTerminal } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { useAddressWith } from "#components/shell/use-address-with.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { ConsoleLine } from "#lib/contract/index.ts";
import { ConsoleTable } from "./console-table.tsx";
import { NoMatch, NoSuchPage } from "./empty-page.tsx";
import { placeOf } from "./line-place.ts";
import { LogRows } from "./log-rows.tsx";
import type { LogBodyProps } from "./request-rows.tsx";
import { isNarrowed, NO_FILTERS } from "./request-search.ts";
import { RequestTableSkeleton } from "./request-table.tsx";

// Arrives with the first request that somebody opens.
const RequestDrawer = dynamic(() => import("./request-drawer.tsx").then((module) => module.RequestDrawer), {
  ssr: false,
});

/** The console lines that the address asks for, and what is open of them. */
export function ConsoleRows({ search, view, isLive, onChange }: LogBodyProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const addressWith = useAddressWith();
  const liveHref = `/${org}/servers/${server.slug}/logs/live`;
  return (
    <LogRows<ConsoleLine>
      org={org}
      server={server.slug}
      view={view}
      isLive={isLive}
      isReading={search.request !== null || search.line !== null}
      title="The console lines could not be loaded"
      skeleton={<RequestTableSkeleton />}
      table={(lines) => (
        <ConsoleTable
          lines={lines}
          open={search.line}
          lineHref={(line) => addressWith({ line: placeOf(line) })}
          requestHref={(requestId) => addressWith({ request: requestId })}
          contextHref={(line) => `${liveHref}?line=${encodeURIComponent(placeOf(line))}`}
          onOpen={(line) => onChange({ line: line === null ? null : placeOf(line) })}
          onRequest={(request) => onChange({ request })}
        />
      )}
      empty={({ isBehindTheEnd }) =>
        isBehindTheEnd ? (
          <NoSuchPage rows="lines" onFirst={() => onChange({ page: null })} />
        ) : isNarrowed(search) ? (
          <NoMatch row="line" onReset={() => onChange(NO_FILTERS)} />
        ) : (
          <EmptyState
            icon={SquareTerminal}
            title={server.retentionDays > 0 ? "No line in this window" : "Nothing is stored"}
            action={
              <Button asChild variant="primary">
                <Link href={liveHref}>Watch live</Link>
              </Button>
            }
          >
            {server.kind === "hosted"
              ? "What the server writes with console.log and its kin appears here, with the request that wrote it."
              : "Only hosted servers have a console: this one runs elsewhere."}
          </EmptyState>
        )
      }
      beside={() =>
        search.request === null ? null : (
          <RequestDrawer
            requestId={search.request}
            onClose={() => onChange({ request: null })}
            onMove={undefined}
          />
        )
      }
      onPage={onChange}
      onPageSize={(pageSize) => onChange({ pageSize, page: null })}
    />
  );
}
