import type { Metadata } from "next";
import { createLoader } from "nuqs/server";
import { ReachPage } from "#components/reach/reach-page.tsx";
import { reachSearch, reachViewOf } from "#components/reach/reach-search.ts";
import { reachQuery, reachSearchOf } from "#lib/client/queries/diagnosis.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { getReach } from "#lib/domain/diagnosis/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Did it reach us?" };

const loadReachSearch = createLoader(reachSearch);

export default async function ServerReachPage({
  params,
  searchParams,
}: PageProps<"/[org]/servers/[server]/reach">) {
  const { org, server } = await params;
  const view = reachViewOf(await loadReachSearch(searchParams));
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, reachQuery(org, server, view), () =>
    getReach(ctx, { server, ...reachSearchOf(view, ctx.clock.nowMs()) }),
  );
  return (
    <Hydrate client={client}>
      <ReachPage />
    </Hydrate>
  );
}
