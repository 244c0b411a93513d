"use client";

import { Timer } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { useEffect, useRef } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { useRowKeys } from "#components/shell/use-row-keys.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { TimelineSubject } from "#lib/client/queries/calls.ts";
import type { LogTimeline } from "#lib/contract/index.ts";
import { CopyBundle } from "./copy-bundle.tsx";
import {
  entryId,
  isInView,
  mergedList,
  requestOf,
  type Span,
  spanOf,
  toggled,
  zoomed,
} from "./lane-layout.ts";
import { SwimLanes } from "./swim-lanes.tsx";
import { TimelineList } from "./timeline-list.tsx";
import { type TimelineSource, timelineSearch } from "./timeline-search.ts";
import { ZoomBar } from "./zoom-bar.tsx";

// Arrives with the first request that somebody opens.
const RequestDrawer = dynamic(
  () => import("#components/requests/request-drawer.tsx").then((module) => module.RequestDrawer),
  { ssr: false },
);

/** What was asked for without its margin: the window, or what the request itself took. */
function coreOf({ entries }: LogTimeline, subject: TimelineSubject): Span | null {
  if ("from" in subject) return { fromMs: Date.parse(subject.from), toMs: Date.parse(subject.to) };
  if (!("requestId" in subject)) return null;
  const spans = entries.filter((entry) => requestOf(entry) === subject.requestId).map(spanOf);
  if (spans.length === 0) return null;
  return {
    fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...spans.map(({ toMs }) => toMs)),
  };
}

/** The lanes and the list of one timeline; zoom, hidden sources and what was picked are in the address. */
export function TimelineView({ timeline, subject }: { timeline: LogTimeline; subject: TimelineSubject }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [search, setSearch] = useQueryStates(timelineSearch, { history: "push" });
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const whole: Span = { fromMs: Date.parse(timeline.from), toMs: Date.parse(timeline.to) };
  const view = zoomed(whole, search.zoomFrom, search.zoomTo);
  const zoom = (span: Span | null) =>
    void setSearch({ zoomFrom: span?.fromMs ?? null, zoomTo: span?.toMs ?? null }, { history: "replace" });
  const focus = search.focus ?? ("requestId" in subject ? subject.requestId : null);
  const focused = new Set(timeline.entries.filter((entry) => requestOf(entry) === focus).map(entryId));
  const items = mergedList(timeline).filter((item) => {
    if (item.kind === "gap") return item.atMs >= view.fromMs && item.atMs <= view.toMs;
    return isInView(spanOf(item.entry), view) && !search.hide.includes(item.entry.source);
  });
  const toggle = (source: TimelineSource) =>
    void setSearch({ hide: toggled(search.hide, source) }, { history: "replace" });
  const show = (id: string) => void setSearch({ entry: id }, { history: "replace" });
  // External system: the scroll position. What was picked, or what stands out at first, is brought to sight.
  const firstFocused = items.find((item) => focused.has(item.id))?.id;
  const aim = search.entry ?? firstFocused;
  useEffect(() => {
    const row = aim === undefined ? null : document.getElementById(`entry-${aim}`);
    const box = list.current;
    if (row === null || box === null) return;
    if (box.scrollHeight > box.clientHeight)
      box.scrollTop +=
        row.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    else if (search.entry !== null) row.scrollIntoView({ block: "center" });
  }, [aim, search.entry]);
  const requests = [
    ...new Set(items.flatMap((item) => (item.kind === "gap" ? [] : (requestOf(item.entry) ?? [])))),
  ];
  const openAt = requests.indexOf(search.request ?? "");
  return (
    <>
      {timeline.capped.length > 0 ? (
        <Notice tone="warn">
          More is stored than is shown of: {timeline.capped.join(", ")}. Take a smaller margin or window to
          see all of it.
        </Notice>
      ) : null}
      <Card>
        <ZoomBar whole={whole} view={view} onZoom={zoom}>
          <CopyBundle subject={subject} timeline={timeline} />
        </ZoomBar>
        <SwimLanes
          entries={timeline.entries}
          gaps={timeline.gaps}
          capped={timeline.capped}
          hidden={search.hide}
          view={view}
          core={coreOf(timeline, subject)}
          focused={focused}
          onZoom={zoom}
          onPick={show}
          onToggle={toggle}
        />
        <div
          ref={list}
          className="relative border-t sm:max-h-[max(20rem,calc(100dvh-24rem))] sm:overflow-y-auto"
        >
          {items.length === 0 ? (
            <EmptyState
              icon={Timer}
              title="Nothing happened here"
              action={
                <Button asChild>
                  <Link href={`/${org}/servers/${server.slug}/logs`}>Open the request log</Link>
                </Button>
              }
            >
              No source wrote anything in this span. A larger margin shows more of its neighbours.
            </EmptyState>
          ) : (
            <TimelineList
              items={items}
              focus={focus}
              picked={search.entry}
              hrefOf={(requestId) =>
                `/${org}/servers/${server.slug}/logs?request=${encodeURIComponent(requestId)}`
              }
              onOpen={(request) => void setSearch({ request })}
            />
          )}
        </div>
      </Card>
      {server.kind === "connected" ? (
        <p className="text-muted text-xs">
          A connected server's console and outbound calls are not captured.
        </p>
      ) : null}
      {search.request ? (
        <RequestDrawer
          requestId={search.request}
          onClose={() => void setSearch({ request: null })}
          onMove={
            openAt === -1
              ? undefined
              : (step) => {
                  const next = requests[openAt + step];
                  if (next !== undefined) void setSearch({ request: next }, { history: "replace" });
                }
          }
        />
      ) : null}
    </>
  );
}
