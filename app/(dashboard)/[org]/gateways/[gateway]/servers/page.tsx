import type { Metadata } from "next";
import { GatewayServers } from "#components/gateways/gateway-servers.tsx";
import { attachmentsQuery } from "#lib/client/queries/gateways.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listAttachments } from "#lib/domain/gateways/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Servers" };

export default async function GatewayServersPage({ params }: PageProps<"/[org]/gateways/[gateway]/servers">) {
  const { org, gateway } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, attachmentsQuery(org, gateway), () => listAttachments(ctx, { gateway }));
  return (
    <Hydrate client={client}>
      <GatewayServers />
    </Hydrate>
  );
}
