"use client";

import { SourceChip } from "#components/calls/source-chip.tsx";
import { SOURCE_LOOK } from "#components/calls/source-look.ts";
import { stretchOf } from "#components/calls/waterfall.ts";
import type { LogGap, TimelineEntry } from "#lib/contract/index.ts";
import { laneOf, type Span } from "./lane-layout.ts";
import { LanesFrame } from "./lanes-frame.tsx";
import { TIMELINE_SOURCES, type TimelineSource } from "./timeline-search.ts";

interface SwimLanesProps {
  entries: readonly TimelineEntry[];
  gaps: readonly LogGap[];
  capped: readonly string[];
  hidden: readonly TimelineSource[];
  view: Span;
  /** What was asked for without its margin; null when all of it was. */
  core: Span | null;
  /** Ids of entries of the request that stands out. */
  focused: ReadonlySet<string>;
  onZoom: (span: Span) => void;
  onPick: (id: string) => void;
  onToggle: (source: TimelineSource) => void;
}

/** One lane per source on one scale of time. Dragging over them zooms; the list below says the same in words. */
export function SwimLanes(props: SwimLanesProps) {
  const { entries, gaps, capped, hidden, view, core, focused, onZoom, onPick, onToggle } = props;
  const inCore =
    core === null ? null : stretchOf(core.fromMs, core.toMs - core.fromMs, view.fromMs, view.toMs);
  return (
    <LanesFrame
      lanes={TIMELINE_SOURCES.map((source) => ({
        name: source,
        look: SOURCE_LOOK[source],
        chip: <SourceChip source={source} className="max-sm:hidden" />,
        marks: laneOf(entries, source),
        isMoments: source === "runtime",
      }))}
      capped={capped}
      hidden={hidden}
      list="the list"
      view={view}
      focused={focused}
      onZoom={onZoom}
      onPick={onPick}
      onToggle={onToggle}
      behind={
        inCore ? (
          <span
            className="pointer-events-none absolute inset-y-0 bg-accent-soft"
            style={{ left: `${inCore.left}%`, width: `max(1px, ${inCore.width}%)` }}
          />
        ) : null
      }
    >
      {gaps.map((gap) => (
        <span
          key={`${gap.kind}-${gap.timestamp}-${gap.requestId}`}
          title={gap.message}
          className="absolute inset-y-0 border-warn border-l border-dashed"
          style={{ left: `${stretchOf(Date.parse(gap.timestamp), 0, view.fromMs, view.toMs).left}%` }}
        />
      ))}
    </LanesFrame>
  );
}
