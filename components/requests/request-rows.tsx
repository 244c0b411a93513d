"use client";

import dynamic from "next/dynamic";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import type { RequestLogView } from "#lib/client/queries/requests.ts";
import type { RequestRow } from "#lib/contract/index.ts";
import { LogRows } from "./log-rows.tsx";
import { isNarrowed, NO_FILTERS, type RequestSearch, type SearchChange } from "./request-search.ts";
import { RequestTable, RequestTableSkeleton } from "./request-table.tsx";
import { useRequestHref } from "./use-request-href.ts";

// Arrives with the first request that somebody opens.
const RequestDrawer = dynamic(() => import("./request-drawer.tsx").then((module) => module.RequestDrawer), {
  ssr: false,
});

const NoRequests = dynamic(() => import("./no-requests.tsx").then((module) => module.NoRequests), {
  loading: () => null,
});

export interface LogBodyProps {
  search: RequestSearch;
  view: RequestLogView;
  isLive: boolean;
  onChange: (change: SearchChange) => void;
  /** The same without a step in the browser's history. */
  onReplace: (change: SearchChange) => void;
}

/** The requests that the address asks for, and the one that is open. */
export function RequestRows({ search, view, isLive, onChange, onReplace }: LogBodyProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const hrefOf = useRequestHref();
  return (
    <LogRows<RequestRow>
      org={org}
      server={server.slug}
      view={view}
      isLive={isLive}
      isReading={search.request !== null}
      title="The request log could not be loaded"
      skeleton={<RequestTableSkeleton />}
      table={(rows) => (
        <RequestTable
          rows={rows}
          openId={search.request}
          hrefOf={(row) => hrefOf(row.requestId)}
          onOpen={(row) => onChange({ request: row.requestId })}
        />
      )}
      empty={({ isBehindTheEnd }) => (
        <NoRequests
          isBehindTheEnd={isBehindTheEnd}
          isNarrowed={isNarrowed(search)}
          keepsHistory={server.retentionDays > 0}
          toolsHref={`/${org}/servers/${server.slug}/tools`}
          onFirst={() => onChange({ page: null })}
          onReset={() => onChange(NO_FILTERS)}
          onWiden={() => onChange({ window: "7d", from: null, to: null, page: null, asOf: null })}
        />
      )}
      beside={(rows) =>
        search.request === null ? null : (
          <RequestDrawer
            requestId={search.request}
            onClose={() => onChange({ request: null })}
            onMove={moveBetween(rows, search.request, (request) => onReplace({ request }))}
          />
        )
      }
      onPage={onChange}
      onPageSize={(pageSize) => onChange({ pageSize, page: null })}
    />
  );
}

/** Leads from the open request to its neighbours in the list; undefined where it is not in it. */
function moveBetween(
  rows: readonly RequestRow[],
  openId: string,
  open: (requestId: string) => void,
): ((step: 1 | -1) => void) | undefined {
  const ids = [...new Set(rows.map((row) => row.requestId))];
  const at = ids.indexOf(openId);
  if (at === -1) return undefined;
  return (step) => {
    const next = ids[at + step];
    if (next !== undefined) open(next);
  };
}
