"use client";

import { Minus, Plus, Timer } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useRef } from "react";
import { useIncident } from "#components/incidents/incident-context.tsx";
import { type Span, zoomBy, zoomed } from "#components/log-timeline/lane-layout.ts";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatCount, formatDuration } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Time } from "#components/ui/time.tsx";
import type { IncidentTimeline } from "#lib/contract/incidents.ts";
import { CallsTable } from "./calls-table.tsx";
import { IncidentLanes } from "./incident-lanes.tsx";
import { incidentTimelineSearch } from "./incident-timeline-search.ts";
import { type LaneName, marksInView, wholeOf } from "./lanes.ts";
import { MarksList } from "./marks-list.tsx";

const CLOSER = 0.4;
const FURTHER = 2.5;

/** The lanes and the lists of one timeline; zoom, hidden lanes and what stands out are in the address. */
export function IncidentTimelineView({ timeline }: { timeline: IncidentTimeline }) {
  const { org, incident } = useIncident();
  const [search, setSearch] = useQueryStates(incidentTimelineSearch);
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const whole = wholeOf(timeline);
  const view = zoomed(whole, search.zoomFrom, search.zoomTo);
  const isWhole = view === whole;
  const zoom = (span: Span | null) =>
    void setSearch({ zoomFrom: span?.fromMs ?? null, zoomTo: span?.toMs ?? null });
  const focus = (requestId: string) =>
    void setSearch({ focus: requestId === search.focus ? null : requestId });
  const toggle = (lane: LaneName) => {
    const hide = search.hide.includes(lane)
      ? search.hide.filter((hidden) => hidden !== lane)
      : [...search.hide, lane];
    void setSearch({ hide: hide.length > 0 ? hide : null });
  };
  const marks = marksInView(timeline.marks, view, search.hide);
  const calls = timeline.calls.filter(({ at, durationMs }) => {
    const fromMs = Date.parse(at);
    return fromMs + durationMs >= view.fromMs && fromMs <= view.toMs;
  });
  const { server } = incident;
  return (
    <>
      {timeline.capped.length > 0 ? (
        <Notice tone="warn">
          More is stored than is shown of: {timeline.capped.join(", ")}. The lanes hold what lies closest to
          the moment in question, <Time value={incident.at} display="datetime" />.
        </Notice>
      ) : null}
      <Card>
        <div className="flex flex-wrap items-center gap-1.5 border-b px-3 py-1.5">
          <span className="mr-auto text-muted text-xs">
            {formatDuration(view.toMs - view.fromMs)} in view
            {isWhole ? "" : ` of ${formatDuration(whole.toMs - whole.fromMs)}`}
            {" from "}
            <Time value={new Date(view.fromMs).toISOString()} display="datetime" />
          </span>
          {search.focus === null ? null : (
            <Button size="sm" onClick={() => void setSearch({ focus: null })}>
              All requests
            </Button>
          )}
          <span className="flex">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Zoom out"
              title="Zoom out"
              disabled={isWhole}
              onClick={() => zoom(zoomBy(whole, view, FURTHER))}
            >
              <Minus aria-hidden="true" />
            </Button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Zoom in"
              title="Zoom in; or drag over the lanes"
              onClick={() => zoom(zoomBy(whole, view, CLOSER))}
            >
              <Plus aria-hidden="true" />
            </Button>
          </span>
          {isWhole ? null : (
            <Button size="sm" variant="ghost" onClick={() => zoom(null)}>
              Whole
            </Button>
          )}
        </div>
        <IncidentLanes
          marks={timeline.marks}
          capped={timeline.capped}
          hidden={search.hide}
          view={view}
          focus={search.focus}
          onZoom={zoom}
          onFocus={focus}
          onToggle={toggle}
        />
        <div className="flex flex-wrap items-center gap-2 border-t px-3 py-2">
          <SegmentedControl
            label="Shown below the lanes"
            className="h-7"
            value={search.show}
            options={[
              { value: "calls", label: `Calls ${formatCount(calls.length)}` },
              { value: "marks", label: `Everything in order ${formatCount(marks.length)}` },
            ]}
            onChange={(show) => void setSearch({ show })}
          />
        </div>
        <div ref={list} className="border-t">
          {search.show === "calls" ? (
            calls.length === 0 ? (
              <EmptyState icon={Timer} title="No call in view" className="py-8">
                {timeline.calls.length === 0
                  ? "No call of this server is kept for the window of the incident."
                  : "All calls lie outside of what is zoomed to."}
              </EmptyState>
            ) : (
              <CallsTable
                calls={calls}
                focus={search.focus}
                hrefOf={({ requestId }) =>
                  server === null
                    ? null
                    : `/${org}/servers/${server.slug}/logs?request=${encodeURIComponent(requestId)}`
                }
                onFocus={focus}
              />
            )
          ) : marks.length === 0 ? (
            <EmptyState icon={Timer} title="Nothing in view" className="py-8">
              Zoom out, or show a lane that is hidden.
            </EmptyState>
          ) : (
            <MarksList marks={marks} focus={search.focus} onFocus={focus} />
          )}
        </div>
      </Card>
      {timeline.marks.some(({ join }) => join === "inferred") ? (
        <p className="text-muted text-xs">
          Marks with the sign “inferred” carry no request id: they were joined by session, tool and time.
        </p>
      ) : null}
    </>
  );
}
