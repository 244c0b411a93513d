import type { Metadata } from "next";
import { GatewayList } from "#components/gateways/gateway-list.tsx";
import { gatewaysQuery } from "#lib/client/queries/gateways.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listGateways } from "#lib/domain/gateways/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Gateways" };

export default async function GatewaysPage({ params }: PageProps<"/[org]/gateways">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, gatewaysQuery(org), () => listGateways(ctx, {}));
  return (
    <Hydrate client={client}>
      <GatewayList />
    </Hydrate>
  );
}
