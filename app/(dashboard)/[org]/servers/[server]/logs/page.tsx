import type { Metadata } from "next";
import { loadRequestSearch } from "#components/requests/load-request-search.ts";
import { RequestLog } from "#components/requests/request-log.tsx";
import { viewOf } from "#components/requests/request-search.ts";
import { boundsOf, logPageQuery } from "#lib/client/queries/requests.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import type { RequestRow } from "#lib/contract/index.ts";
import { listRequests } from "#lib/domain/requests/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Request log" };

export default async function LogsPage({ params, searchParams }: PageProps<"/[org]/servers/[server]/logs">) {
  const { org, server } = await params;
  const view = viewOf(await loadRequestSearch(searchParams));
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  const readRows = async () => {
    const { from, to } = boundsOf(view, ctx.clock.nowMs());
    const page = await listRequests(ctx, {
      server,
      ...view.filter,
      page: view.page,
      pageSize: view.pageSize,
      ...(from === null ? {} : { from }),
      ...(to === null ? {} : { to }),
      ...(view.asOf === null ? {} : { asOf: view.asOf }),
    });
    return { page, from };
  };
  // A search for text takes its time and shows how far it came; the browser asks for it, and for console lines.
  const isPrepared = view.log === "requests" && view.filter.q === undefined;
  if (isPrepared) await prefetch(client, logPageQuery<RequestRow>(org, server, view), readRows);
  return (
    <Hydrate client={client}>
      <RequestLog exportRowsMax={limits.requests.exportRowsMax} />
    </Hydrate>
  );
}
