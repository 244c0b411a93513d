import { GatewayOverview } from "#components/gateways/gateway-overview.tsx";
import { gatewaysQuery } from "#lib/client/queries/gateways.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listGateways } from "#lib/domain/gateways/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export default async function GatewayOverviewPage({ params }: PageProps<"/[org]/gateways/[gateway]">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, gatewaysQuery(org), () => listGateways(ctx, {}));
  return (
    <Hydrate client={client}>
      <GatewayOverview />
    </Hydrate>
  );
}
