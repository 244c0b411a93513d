import type { Metadata } from "next";
import { loadGatewayLogSearch, viewOf } from "#components/gateways/gateway-log-search.ts";
import { GatewayLogs } from "#components/gateways/gateway-logs.tsx";
import { gatewayLogQuery } from "#lib/client/queries/gateway-logs.ts";
import { gatewayKeysQuery } from "#lib/client/queries/gateways.ts";
import { boundsOf } from "#lib/client/queries/requests.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listGatewayKeys, listGatewayLogs } from "#lib/domain/gateways/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Logs" };

type Props = PageProps<"/[org]/gateways/[gateway]/logs">;

export default async function GatewayLogsPage({ params, searchParams }: Props) {
  const { org, gateway } = await params;
  const view = viewOf(await loadGatewayLogSearch(searchParams));
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, gatewayLogQuery(org, gateway, view), async () => {
      const { from, to } = boundsOf(view, ctx.clock.nowMs());
      const asked = { ...view.filter, from, to, asOf: view.asOf };
      const given = Object.fromEntries(
        Object.entries(asked).filter(([, value]) => value !== null && value !== ""),
      );
      const page = await listGatewayLogs(ctx, {
        gateway,
        page: view.page,
        pageSize: view.pageSize,
        ...given,
      });
      return { page, from };
    }),
    prefetch(client, gatewayKeysQuery(org, gateway), () => listGatewayKeys(ctx, { gateway })),
  ]);
  return (
    <Hydrate client={client}>
      <GatewayLogs />
    </Hydrate>
  );
}
