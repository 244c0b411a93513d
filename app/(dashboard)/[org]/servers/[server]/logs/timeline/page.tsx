import type { Metadata } from "next";
import { LogTimeline } from "#components/log-timeline/log-timeline.tsx";
import { loadTimelineSearch, subjectOf } from "#components/log-timeline/timeline-search.ts";
import { logTimelineQuery } from "#lib/client/queries/calls.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { getLogTimeline } from "#lib/domain/requests/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Timeline" };

export default async function TimelinePage({
  params,
  searchParams,
}: PageProps<"/[org]/servers/[server]/logs/timeline">) {
  const { org, server } = await params;
  const search = await loadTimelineSearch(searchParams);
  const subject = subjectOf(search);
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  if (subject !== null)
    await prefetch(client, logTimelineQuery(org, server, subject, search.margin), () =>
      getLogTimeline(ctx, { server, marginMs: search.margin, ...subject }),
    );
  return (
    <Hydrate client={client}>
      <LogTimeline />
    </Hydrate>
  );
}
