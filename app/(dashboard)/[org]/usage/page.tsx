import type { Metadata } from "next";
import { UsagePage } from "#components/usage/usage-page.tsx";
import { loadUsageSearch, viewOf } from "#components/usage/usage-search.ts";
import { quotaQuery, usageQuery, usageSearchOf } from "#lib/client/queries/usage.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { getQuota, getUsage } from "#lib/domain/usage/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Usage" };

export default async function UsageRoute({ params, searchParams }: PageProps<"/[org]/usage">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const view = viewOf(await loadUsageSearch(searchParams));
  const { windowMs, from, to } = view;
  const nowMs = ctx.clock.nowMs();
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, usageQuery(org, view), () => getUsage(ctx, usageSearchOf(view, nowMs))),
    prefetch(client, quotaQuery(org, view), () =>
      getQuota(ctx, usageSearchOf({ windowMs, from, to }, nowMs)),
    ),
  ]);
  return (
    <Hydrate client={client}>
      <UsagePage />
    </Hydrate>
  );
}
