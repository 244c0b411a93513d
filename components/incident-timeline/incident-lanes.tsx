"use client";

import type { Span } from "#components/log-timeline/lane-layout.ts";
import { LanesFrame } from "#components/log-timeline/lanes-frame.tsx";
import { cn } from "#components/ui/class-names.ts";
import type { IncidentMark } from "#lib/contract/incidents.ts";
import { LANE_LOOK, LANES, type LaneName, marksOf } from "./lanes.ts";

interface IncidentLanesProps {
  marks: readonly IncidentMark[];
  capped: readonly string[];
  hidden: readonly LaneName[];
  view: Span;
  /** The request that stands out. */
  focus: string | null;
  onZoom: (span: Span) => void;
  onFocus: (requestId: string) => void;
  onToggle: (lane: LaneName) => void;
}

/** Gateway, runtime, upstream and ledger on one scale of time. Dragging over them zooms; the lists below say the same. */
export function IncidentLanes(props: IncidentLanesProps) {
  const { marks, capped, hidden, view, focus, onZoom, onFocus, onToggle } = props;
  const focused = new Set(
    focus === null ? [] : marks.filter(({ requestId }) => requestId === focus).map(({ id }) => id),
  );
  return (
    <LanesFrame
      lanes={LANES.map((lane) => ({
        name: lane,
        look: LANE_LOOK[lane],
        chip: <LaneLetter lane={lane} />,
        marks: marksOf(marks, lane),
        isMoments: lane === "runtime" || lane === "ledger",
      }))}
      capped={capped}
      hidden={hidden}
      list="the list of marks"
      view={view}
      focused={focused}
      onZoom={onZoom}
      onPick={(picked) => {
        const requestId = marks.find(({ id }) => id === picked)?.requestId;
        if (requestId) onFocus(requestId);
      }}
      onToggle={onToggle}
    />
  );
}

const LaneLetter = ({ lane }: { lane: LaneName }) => (
  <span
    aria-hidden="true"
    className={cn(
      "inline-grid size-4.5 place-items-center rounded-sm font-mono font-semibold text-2xs max-sm:hidden",
      LANE_LOOK[lane].chip,
    )}
  >
    {LANE_LOOK[lane].letter}
  </span>
);
