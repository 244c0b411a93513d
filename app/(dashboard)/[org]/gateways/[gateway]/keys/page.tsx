import type { Metadata } from "next";
import { GatewayKeys } from "#components/gateways/gateway-keys.tsx";
import { gatewayKeysQuery } from "#lib/client/queries/gateways.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listGatewayKeys } from "#lib/domain/gateways/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Keys" };

export default async function GatewayKeysPage({ params }: PageProps<"/[org]/gateways/[gateway]/keys">) {
  const { org, gateway } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, gatewayKeysQuery(org, gateway), () => listGatewayKeys(ctx, { gateway }));
  return (
    <Hydrate client={client}>
      <GatewayKeys />
    </Hydrate>
  );
}
