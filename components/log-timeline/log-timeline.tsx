"use client";

// What did gateway, runtime and upstreams do around this request, session or moment, and what is missing?

import { useQuery } from "@tanstack/react-query";
import { Crosshair, Timer } from "lucide-react";
import dynamic from "next/dynamic";
import { useQueryStates } from "nuqs";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Time } from "#components/ui/time.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { logTimelineQuery, type TimelineSubject } from "#lib/client/queries/calls.ts";
import { LogTimelineSkeleton } from "./log-timeline-skeleton.tsx";
import { NoSubject } from "./no-subject.tsx";
import { MARGINS_MS, subjectOf, timelineSearch } from "./timeline-search.ts";

// The page's frame is there at once; what is drawn in it follows with its data.
const TimelineView = dynamic(() => import("./timeline-view.tsx").then((module) => module.TimelineView), {
  ssr: false,
  loading: () => <LogTimelineSkeleton />,
});

const MARGIN_OPTIONS = MARGINS_MS.map((ms) => ({
  value: String(ms),
  label: ms === 0 ? "exact" : `± ${ms / 1_000} s`,
  title: ms === 0 ? "Only what was asked for" : `${ms / 1_000} seconds on both sides`,
}));

export function LogTimeline() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [search, setSearch] = useQueryStates(timelineSearch, { history: "push" });
  const subject = subjectOf(search);
  const timeline = useQuery({
    ...logTimelineQuery(org, server.slug, subject ?? { requestId: "" }, search.margin),
    enabled: subject !== null,
  });
  const isGone = timeline.error instanceof ApiError && timeline.error.status === 404;
  const margin = (
    <SegmentedControl
      label="Margin on both sides"
      className="[&_label]:px-2"
      value={String(search.margin)}
      options={MARGIN_OPTIONS}
      onChange={(value) =>
        void setSearch({
          margin: MARGINS_MS.find((ms) => String(ms) === value) ?? null,
          zoomFrom: null,
          zoomTo: null,
        })
      }
    />
  );
  if (subject === null)
    return (
      <PageBody>
        <NoSubject onChoose={(window) => void setSearch(window)} />
      </PageBody>
    );
  return (
    <PageBody>
      <div className="flex flex-wrap items-center gap-2">
        <SubjectLine subject={subject} />
        <div className="flex flex-wrap items-center gap-2 sm:ml-auto">{margin}</div>
      </div>
      {timeline.data ? (
        <TimelineView timeline={timeline.data} subject={subject} />
      ) : isGone ? (
        <Card>
          <EmptyState icon={Timer} title="Nothing is stored of this">
            It is older than what the server keeps, or the link is wrong.
          </EmptyState>
        </Card>
      ) : timeline.isError ? (
        <Card>
          <QueryError query={timeline} title="The timeline could not be loaded" />
        </Card>
      ) : (
        <LogTimelineSkeleton />
      )}
    </PageBody>
  );
}

/** What is looked at, in words. */
function SubjectLine({ subject }: { subject: TimelineSubject }) {
  return (
    <h2 className="flex min-w-0 flex-wrap items-center gap-x-2 text-sm">
      <Crosshair aria-hidden="true" className="size-4 text-faint" />
      {"requestId" in subject ? (
        <>
          Around request <code className="break-all text-xs">{subject.requestId}</code>
        </>
      ) : "session" in subject ? (
        <>
          Session <code className="break-all text-xs">{subject.session}</code>
        </>
      ) : (
        <>
          Around <Time value={subject.from} display="datetime" />
          {Date.parse(subject.to) - Date.parse(subject.from) > 1_000 ? (
            <>
              {" "}
              to <Time value={subject.to} display="datetime" />
            </>
          ) : null}
        </>
      )}
    </h2>
  );
}
