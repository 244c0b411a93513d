"use client";

// How far did the calls come, what did gateway, runtime, upstreams and ledger do at that time, and what is missing?

import { useQuery } from "@tanstack/react-query";
import { Timer } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useIncident } from "#components/incidents/incident-context.tsx";
import { LogTimelineSkeleton } from "#components/log-timeline/log-timeline-skeleton.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Time } from "#components/ui/time.tsx";
import { incidentTimelineQuery } from "#lib/client/queries/incidents.ts";
import type { IncidentTimeline } from "#lib/contract/incidents.ts";

// The frame is there at once; what is drawn in it follows with its data.
const IncidentTimelineView = dynamic(
  () => import("./incident-timeline-view.tsx").then((module) => module.IncidentTimelineView),
  { ssr: false, loading: () => <LogTimelineSkeleton /> },
);

export function IncidentTimelineTab() {
  const { org, incident, ref } = useIncident();
  const timeline = useQuery(incidentTimelineQuery(org, ref));
  const { server } = incident;
  return (
    <PageBody>
      <StaleNotice query={timeline} />
      {timeline.data === undefined ? (
        timeline.isError ? (
          <Card>
            <QueryError query={timeline} title="The timeline could not be loaded" />
          </Card>
        ) : (
          <LogTimelineSkeleton />
        )
      ) : timeline.data.marks.length === 0 && timeline.data.calls.length === 0 ? (
        <Card>
          <EmptyState
            icon={Timer}
            title="Nothing is stored of this window"
            action={
              server ? (
                <Button asChild>
                  <Link href={`/${org}/servers/${server.slug}/reach?${windowSearchOf(timeline.data.window)}`}>
                    Did anything reach us?
                  </Link>
                </Button>
              ) : null
            }
          >
            No call, console line, upstream call or ledger entry between{" "}
            <Time value={timeline.data.window.from} display="datetime" /> and{" "}
            <Time value={timeline.data.window.to} display="datetime" /> is kept.
          </EmptyState>
        </Card>
      ) : (
        <IncidentTimelineView timeline={timeline.data} />
      )}
    </PageBody>
  );
}

const windowSearchOf = ({ from, to }: IncidentTimeline["window"]): URLSearchParams =>
  new URLSearchParams({ window: "custom", from, to });
