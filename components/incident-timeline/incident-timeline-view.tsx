"use client";

import { Timer } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useRef } from "react";
import { useIncident } from "#components/incidents/incident-context.tsx";
import { isInView, type Span, toggled, zoomed } from "#components/log-timeline/lane-layout.ts";
import { ZoomBar } from "#components/log-timeline/zoom-bar.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Time } from "#components/ui/time.tsx";
import type { IncidentTimeline } from "#lib/contract/incidents.ts";
import { CallsTable } from "./calls-table.tsx";
import { IncidentLanes } from "./incident-lanes.tsx";
import { incidentTimelineSearch } from "./incident-timeline-search.ts";
import { type LaneName, marksInView, spanOfMark, wholeOf } from "./lanes.ts";
import { MarksList } from "./marks-list.tsx";

/** The lanes and the lists of one timeline; zoom, hidden lanes and what stands out are in the address. */
export function IncidentTimelineView({ timeline }: { timeline: IncidentTimeline }) {
  const { org, incident } = useIncident();
  const [search, setSearch] = useQueryStates(incidentTimelineSearch);
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const whole = wholeOf(timeline);
  const view = zoomed(whole, search.zoomFrom, search.zoomTo);
  const zoom = (span: Span | null) =>
    void setSearch({ zoomFrom: span?.fromMs ?? null, zoomTo: span?.toMs ?? null });
  const focus = (requestId: string) =>
    void setSearch({ focus: requestId === search.focus ? null : requestId });
  const toggle = (lane: LaneName) => void setSearch({ hide: toggled(search.hide, lane) });
  const marks = marksInView(timeline.marks, view, search.hide);
  const calls = timeline.calls.filter((call) => isInView(spanOfMark(call), view));
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
        <ZoomBar
          whole={whole}
          view={view}
          onZoom={zoom}
          detail={
            <>
              {" from "}
              <Time value={new Date(view.fromMs).toISOString()} display="datetime" />
            </>
          }
        >
          {search.focus === null ? null : (
            <Button size="sm" onClick={() => void setSearch({ focus: null })}>
              All requests
            </Button>
          )}
        </ZoomBar>
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
