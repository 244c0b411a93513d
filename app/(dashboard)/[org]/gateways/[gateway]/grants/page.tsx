import type { Metadata } from "next";
import { GatewayGrants } from "#components/gateways/gateway-grants.tsx";
import { grantsQuery } from "#lib/client/queries/gateways.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listGrants } from "#lib/domain/gateways/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Grants" };

export default async function GatewayGrantsPage({ params }: PageProps<"/[org]/gateways/[gateway]/grants">) {
  const { org, gateway } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, grantsQuery(org, gateway), () => listGrants(ctx, { gateway }));
  return (
    <Hydrate client={client}>
      <GatewayGrants />
    </Hydrate>
  );
}
