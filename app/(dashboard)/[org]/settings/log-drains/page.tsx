import type { Metadata } from "next";
import { LogDrainsSettings } from "#components/log-drains/log-drains-settings.tsx";
import { logDrainsQuery } from "#lib/client/queries/log-drains.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listLogDrains } from "#lib/domain/log-drains/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Log drains" };

export default async function LogDrainsPage({ params }: PageProps<"/[org]/settings/log-drains">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, logDrainsQuery(org), () => listLogDrains(ctx, {}));
  return (
    <Hydrate client={client}>
      <LogDrainsSettings />
    </Hydrate>
  );
}
