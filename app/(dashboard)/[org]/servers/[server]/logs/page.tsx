import type { Metadata } from "next";
import { RequestLog } from "#components/requests/request-log.tsx";
import { loadRequestSearch, viewOf } from "#components/requests/request-search.ts";
import { boundsOf, requestLogQuery } from "#lib/client/queries/requests.ts";
import { toolsQuery } from "#lib/client/queries/servers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listRequests } from "#lib/domain/requests/index.ts";
import { listTools } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Request log" };

export default async function LogsPage({ params, searchParams }: PageProps<"/[org]/servers/[server]/logs">) {
  const { org, server } = await params;
  const view = viewOf(await loadRequestSearch(searchParams));
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, requestLogQuery(org, server, view), async () => {
      const { from, to } = boundsOf(view, ctx.clock.nowMs());
      const { level, outcome, source, tool } = view.filter;
      const page = await listRequests(ctx, {
        server,
        page: view.page,
        pageSize: view.pageSize,
        ...(from === null ? {} : { from }),
        ...(to === null ? {} : { to }),
        ...(view.asOf === null ? {} : { asOf: view.asOf }),
        ...(level === "" ? {} : { level }),
        ...(outcome === "" ? {} : { outcome }),
        ...(source === "" ? {} : { source }),
        ...(tool === "" ? {} : { tool }),
      });
      return { page, from };
    }),
    prefetch(client, toolsQuery(org, server), () => listTools(ctx, { server })),
  ]);
  return (
    <Hydrate client={client}>
      <RequestLog />
    </Hydrate>
  );
}
