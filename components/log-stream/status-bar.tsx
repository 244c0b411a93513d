import type { ReactNode } from "react";
import { cn } from "#components/ui/class-names.ts";
import { formatCount, formatCounted, formatDuration } from "#components/ui/numbers.ts";
import type { Tone } from "#components/ui/pill.tsx";
import { StateDot } from "#components/ui/state-dot.tsx";
import { type ConnectionState, isComingBack } from "#lib/client/log-stream/connection.ts";
import type { CanaryState, PauseReason, ViewerSnapshot } from "#lib/client/log-stream/viewer-snapshot.ts";

interface ConnectionLook {
  readonly text: string;
  readonly tone: Tone;
  readonly pulse?: boolean;
}

function lookOf(connection: ConnectionState): ConnectionLook {
  if (isComingBack(connection)) return { text: "Reconnecting", tone: "warn", pulse: true };
  switch (connection.phase) {
    case "live":
      return { text: "Live", tone: "ok" };
    case "off":
    case "checking":
    case "connecting":
    case "waiting":
      return { text: "Connecting", tone: "neutral", pulse: true };
    case "refused":
      return connection.reason === "idle"
        ? { text: "Idle", tone: "neutral" }
        : { text: "Not connected", tone: "fail" };
  }
}

const PAUSE_TEXT: Readonly<Record<PauseReason, string>> = {
  scroll: "Paused: scrolled up",
  key: "Paused",
  selection: "Paused: selecting",
  opened: "Paused: reading a line",
  find: "Paused: finding",
  asked: "Paused",
  linked: "Paused: at the linked line",
};

/** The stream in numbers. What nobody knows is left out or shown as a dash. */
export function StatusBar({ snapshot, retentionDays }: { snapshot: ViewerSnapshot; retentionDays: number }) {
  const { connection, viewers, viewersMax, serverRate, shownRate, lagMs, dropped, held, heldMax, paused } =
    snapshot;
  const look = lookOf(connection);
  const isLive = connection.phase === "live";
  const days = snapshot.retentionDays ?? retentionDays;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div
      role="group"
      aria-label="State of the stream"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a bar that scrolls on a phone must be reachable by keyboard
      tabIndex={0}
      className="no-scrollbar flex h-8 shrink-0 items-center gap-4 overflow-x-auto whitespace-nowrap border-t bg-surface px-3 text-muted text-xs focus-visible:-outline-offset-2"
    >
      <span className="inline-flex items-center gap-1.5 font-medium text-fg">
        <StateDot tone={look.tone} pulse={look.pulse ?? false} />
        {look.text}
      </span>
      {isLive ? (
        <>
          {snapshot.sources.length > 1 ? null : (
            <Fact title="People who watch this server's log now">
              viewers {viewers ?? "–"}/{viewersMax}
            </Fact>
          )}
          <Fact title="Lines the server writes">
            {formatCounted(Math.round(serverRate ?? shownRate), "line")}/s
          </Fact>
          <Fact title="From console.log to this page">lag {formatDuration(lagMs)}</Fact>
        </>
      ) : null}
      {isLive ? <Canary canary={snapshot.canary} /> : null}
      <Fact
        title="Lines that did not arrive; the log says where, how many and why"
        className={dropped > 0 ? "text-warn" : ""}
      >
        dropped {formatCount(dropped)}
      </Fact>
      <Fact title="Rows held in this page; errors are held longer">
        buffer {formatCount(held)} / {formatCount(heldMax)}
      </Fact>
      <Fact title="Whether lines are stored">
        {days === 0 ? "live only" : `kept ${formatCounted(days, "day")}`}
      </Fact>
      <span className="flex-1" />
      {paused ? (
        <span className="text-faint">
          {PAUSE_TEXT[paused.reason]} <span className="hidden md:inline">· End to follow</span>
        </span>
      ) : null}
    </div>
  );
}

const CANARY_LOOK: Readonly<Record<CanaryState["state"], { tone: Tone; does: string }>> = {
  ok: {
    tone: "ok",
    does: "A test line goes through the whole path once a minute; the last one arrived in time",
  },
  late: { tone: "warn", does: "The last test line through the whole path arrived late" },
  lost: { tone: "fail", does: "The last test line through the whole path did not arrive" },
  stale: { tone: "warn", does: "No test line went through the whole path lately" },
  unknown: { tone: "neutral", does: "No test line went through the whole path yet" },
};

/** Whether the path of the lines works, however quiet the server is. */
function Canary({ canary }: { canary: CanaryState }) {
  const { tone, does } = CANARY_LOOK[canary.state];
  return (
    <span title={does} className="inline-flex items-center gap-1.5 tabular-nums">
      <StateDot tone={tone} />
      canary {canary.state}
      {canary.lagMs === null ? null : ` · ${formatDuration(canary.lagMs)}`}
    </span>
  );
}

function Fact({ title, className, children }: { title: string; className?: string; children: ReactNode }) {
  return (
    <span title={title} className={cn("tabular-nums", className)}>
      {children}
    </span>
  );
}
