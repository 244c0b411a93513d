"use client";

import { useRouter } from "next/navigation";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import { momentOf, timelineHref } from "#components/calls/around.ts";
import { cn } from "#components/ui/class-names.ts";
import { type ConnectionState, isComingBack } from "#lib/client/log-stream/connection.ts";
import { isUnfiltered, type LogFilter, NO_FILTER } from "#lib/client/log-stream/filter.ts";
import type { FindQuery } from "#lib/client/log-stream/find.ts";
import type { LinePlace } from "#lib/client/log-stream/history.ts";
import { rowsAsText } from "#lib/client/log-stream/line-text.ts";
import { hasOnlyMarks } from "#lib/client/log-stream/row-list.ts";
import type { LineRow } from "#lib/client/log-stream/rows.ts";
import type { SourceSnapshot } from "#lib/client/log-stream/viewer-snapshot.ts";
import { ConnectionStateView } from "./connection-state-view.tsx";
import { downloadRows } from "./download-rows.ts";
import { EmptyLog } from "./empty-log.tsx";
import { FindBar } from "./find-bar.tsx";
import { JumpPill } from "./jump-pill.tsx";
import { KeyHelp } from "./key-help.tsx";
import { linkToLine } from "./line-link.ts";
import { LinkedNotice } from "./linked-notice.tsx";
import { LiveSummary } from "./live-summary.tsx";
import { LogRows, type RowsHandle } from "./log-rows.tsx";
import { LogToolbar } from "./log-toolbar.tsx";
import { PinnedStrip } from "./pinned-strip.tsx";
import { gapAt, requestHrefAt, rowNumberAt, selectedRowNumbers } from "./row-events.ts";
import { SelectionBar } from "./selection-bar.tsx";
import { SourceStrip } from "./source-strip.tsx";
import { StatusBar } from "./status-bar.tsx";
import { useLineActions } from "./use-line-actions.ts";
import { useLogStream } from "./use-log-stream.ts";
import { usePins } from "./use-pins.ts";
import { useViewer } from "./use-viewer.ts";
import { useViewerPreferences } from "./use-viewer-preferences.ts";
import { pressKey, type ViewerActions } from "./viewer-keys.ts";
import type { WatchedServer } from "./watched-server.ts";

interface LiveLogViewerProps {
  organization: string;
  server: WatchedServer;
  /** Servers whose lines are shown among those of `server`. */
  others?: readonly WatchedServer[];
  initialFilter?: LogFilter;
  /** A line to open with. */
  line?: LinePlace | null;
  className?: string;
}

const NO_NAMES: readonly string[] = [];
const LIVE: ConnectionState = { phase: "live", attempt: 0 };
const isLive = ({ connection }: SourceSnapshot): boolean => connection.phase === "live";
const NO_OTHERS: readonly WatchedServer[] = [];

/** What does this server write right now? One component for the modal and for the page. */
export function LiveLogViewer(props: LiveLogViewerProps) {
  const { organization, server, others = NO_OTHERS, initialFilter, line, className } = props;
  const router = useRouter();
  const servers = useMemo(() => [server, ...others], [server, others]);
  const { store, snapshot } = useLogStream(organization, servers, { filter: initialFilter, line });
  const { view, paused, filter, find, connection, linked, lit } = snapshot;
  const isMerged = others.length > 0;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef<RowsHandle>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const findField = useRef<HTMLInputElement>(null);
  const viewer = useViewer(store, rows);
  const pinned = usePins(store, viewer.moveTo);
  const [preferences, prefer] = useViewerPreferences();
  const { foldsStacks, collapsesRepeats } = preferences;
  const [isFinding, setIsFinding] = useState(false);
  const [isHelping, setIsHelping] = useState(false);
  const hasLines = view.count > 0;
  const isUnmatched =
    hasLines && connection.phase === "live" && !isUnfiltered(filter) && hasOnlyMarks(view.all);

  const focusRows = () => scroller.current?.focus({ preventScroll: true });
  const follow = () => {
    closeFind();
    viewer.letGo();
    store.resume();
    focusRows();
  };
  const closeFind = () => {
    setIsFinding(false);
    store.setFind(null, 0);
  };
  const openFind = () => {
    store.pause("find");
    setIsFinding(true);
    requestAnimationFrame(() => findField.current?.select());
  };
  const runFind = (query: FindQuery | null) => store.setFind(query, rows.current?.lowestVisible() ?? -1);
  const applyFilter = (next: LogFilter) => store.setFilter(next);
  const openOrClose = (n: number) => {
    if (!viewer.opened.has(n)) rows.current?.keepInView(n);
    viewer.toggle(n);
  };
  const lineHref = (row: LineRow) => linkToLine(organization, servers[row.source] ?? server, row);
  const names = useMemo(() => (isMerged ? servers.map(({ name }) => name) : NO_NAMES), [isMerged, servers]);
  const lineActions = useLineActions({ store, viewer, pinned, servers: names, lineHref });
  const actions: ViewerActions = {
    ...lineActions,
    follow,
    togglePause: () => (paused === null ? store.pause("asked") : follow()),
    toTop() {
      store.pause("key");
      rows.current?.scrollToTop();
    },
    openActive: () => (viewer.active === null ? viewer.move(0) : openOrClose(viewer.active)),
    toggleWrap: () => prefer({ wraps: !preferences.wraps }),
    toggleFolding: () => prefer({ foldsStacks: !foldsStacks }),
    toggleRepeats: () => prefer({ collapsesRepeats: !collapsesRepeats }),
    focusFilter: () => filterField.current?.select(),
    openFind,
    help: () => setIsHelping(true),
    escape() {
      if (isFinding) closeFind();
      else if (viewer.opened.size > 0 || viewer.selection !== null || viewer.active !== null) viewer.letGo();
      else return false;
      focusRows();
      return true;
    },
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another selection or list has another number of lines
  const selectedLines = useMemo(() => viewer.selectedCount(), [viewer.selection, view.revision]);

  // The list moves to the current match when it becomes one.
  const revealMatch = useEffectEvent((n: number) => viewer.moveTo(n));
  useEffect(() => {
    if (find.current !== null) revealMatch(find.current);
  }, [find.current]);

  // The list moves to the line that a link or "show in context" asked for, and again when it came anew.
  const revealLit = useEffectEvent((n: number) => viewer.moveTo(n));
  // biome-ignore lint/correctness/useExhaustiveDependencies: under another filter the line stands at another place
  useEffect(() => {
    if (lit !== null) revealLit(lit);
  }, [lit, filter]);

  // External system: the store groups the lines.
  useEffect(() => {
    store.setFolding({ stacks: foldsStacks, repeats: collapsesRepeats });
  }, [store, foldsStacks, collapsesRepeats]);

  // External system: the browser's own find cannot see rows that are not in the document.
  const onWindowKey = useEffectEvent((event: globalThis.KeyboardEvent) => {
    if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "f" || event.defaultPrevented)
      return;
    event.preventDefault();
    openFind();
  });
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent) => onWindowKey(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    store.noteActivity();
    if (event.target !== scroller.current || event.nativeEvent.isComposing) return;
    if (!pressKey(event, actions)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent) => {
    const href = requestHrefAt(event);
    if (href !== null) {
      event.preventDefault();
      router.push(href);
      return;
    }
    const gap = gapAt(event.target, view);
    if (gap !== null) {
      store.loadGap(gap);
      return;
    }
    const hit = rowNumberAt(event.target);
    if (hit === null) return;
    if (hit.part === "time") viewer.select(hit.n, event.shiftKey);
    else if (hit.part === "group") viewer.setGroupOpen(hit.n, !viewer.isGroupOpen(hit.n));
    else if (document.getSelection()?.isCollapsed !== false) openOrClose(hit.n);
  };
  const onCopy = (event: ClipboardEvent) => {
    const selected = scroller.current ? selectedRowNumbers(scroller.current) : null;
    const copied = selected ? viewer.rowsFromTo(selected.from, selected.to) : viewer.selectedRows();
    if (copied.length === 0 || (selected === null && document.getSelection()?.isCollapsed === false)) return;
    event.clipboardData.setData("text/plain", rowsAsText(copied, names));
    event.preventDefault();
  };

  const emptyLog = (
    <EmptyLog
      connection={connection}
      isFiltered={!isUnfiltered(filter)}
      organization={organization}
      server={server}
      onShowAll={() => applyFilter(NO_FILTER)}
      older={snapshot.older}
      onLoadOlder={() => store.loadOlder()}
    />
  );

  return (
    <section
      aria-label={`Live log of ${servers.map(({ name }) => name).join(", ")}`}
      data-keeps-escape={isFinding || viewer.active !== null || viewer.selection !== null || undefined}
      onKeyDown={onKeyDown}
      onPointerDown={() => store.noteActivity()}
      className={cn("relative flex min-h-0 flex-col bg-bg", className)}
    >
      <LogToolbar
        filterField={filterField}
        filter={filter}
        filterProblem={snapshot.filterProblem}
        isPaused={paused !== null}
        preferences={preferences}
        isEmpty={!hasLines}
        onFilter={applyFilter}
        onTogglePause={actions.togglePause}
        onPreferences={prefer}
        onFind={openFind}
        onClear={() => {
          viewer.letGo();
          store.clear();
        }}
        onDownload={(format) => downloadRows(view, server.slug, format, names)}
        onHelp={actions.help}
        mergeHref={isMerged ? null : `/${organization}/logs?with=${server.slug}`}
      />
      {isMerged ? (
        <SourceStrip
          servers={servers}
          sources={snapshot.sources}
          onConnect={(source) => store.reconnect(source)}
        />
      ) : null}
      {linked === null ? null : (
        <LinkedNotice
          linked={linked}
          retentionDays={snapshot.retentionDays ?? server.retentionDays}
          onGoLive={follow}
        />
      )}
      {isFinding ? (
        <FindBar
          field={findField}
          find={find}
          onFind={runFind}
          onMove={(direction) => store.moveFind(direction, rows.current?.lowestVisible() ?? -1)}
          onClose={() => actions.escape()}
        />
      ) : null}
      {pinned.pins.length > 0 ? (
        <PinnedStrip
          pins={pinned.pins}
          servers={names}
          onJump={pinned.jump}
          onUnpin={pinned.unpin}
          onUnpinAll={pinned.unpinAll}
        />
      ) : null}
      <div className="relative min-h-0 flex-1">
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the section around, which also has the focus */}
        <div
          ref={scroller}
          role="log"
          aria-live="off"
          aria-label="Lines"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          onClick={onClick}
          onCopy={onCopy}
          className="absolute inset-0 overflow-x-hidden overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:-outline-offset-2"
        >
          {hasLines ? (
            <LogRows
              scroller={scroller}
              handle={rows}
              store={store}
              snapshot={snapshot}
              isWrapped={preferences.wraps}
              active={viewer.active}
              isSelected={viewer.isSelected}
              opened={viewer.opened}
              staysPaused={isFinding || viewer.opened.size > 0 || linked?.state === "shown"}
              sourceNames={names}
              requestHref={(requestId, source) =>
                `/${organization}/servers/${(servers[source] ?? server).slug}/logs?request=${encodeURIComponent(requestId)}`
              }
              lineHref={lineHref}
              aroundHref={({ source, entry }) =>
                timelineHref(
                  organization,
                  (servers[source] ?? server).slug,
                  momentOf(entry.timestamp),
                  entry.requestId ?? null,
                )
              }
              onShowInContext={isUnfiltered(filter) ? null : (row) => store.showInContext(row)}
              onLoadOlder={() => store.loadOlder()}
              onFilterRequest={(requestId) => applyFilter({ ...filter, requestId })}
              isPinned={pinned.isPinned}
              onTogglePin={pinned.toggle}
              onToggleGroup={(n) => viewer.setGroupOpen(n, !viewer.isGroupOpen(n))}
              onDetailsHeight={viewer.setDetailsHeight}
            />
          ) : connection.phase === "refused" || isComingBack(connection) ? null : (
            emptyLog
          )}
        </div>
        {isUnmatched ? (
          <div className="pointer-events-none absolute inset-x-0 top-12 *:pointer-events-auto">
            {emptyLog}
          </div>
        ) : null}
        <div
          className={cn(
            "absolute inset-x-0 top-0",
            !hasLines && "bottom-0 overflow-y-auto pointer-events-none *:pointer-events-auto",
          )}
        >
          <ConnectionStateView
            connection={isMerged && snapshot.sources.some(isLive) ? LIVE : connection}
            organization={organization}
            server={server}
            hasLines={hasLines}
            onConnect={() => store.reconnect()}
          />
        </div>
        {paused !== null && hasLines ? (
          <JumpPill paused={paused} linesPerSecond={snapshot.shownRate} onFollow={follow} />
        ) : null}
      </div>
      {viewer.selection === null ? null : (
        <SelectionBar
          lines={selectedLines}
          rows={viewer.selectedRows}
          servers={names}
          shown={() => viewer.selectedAsShown(names)}
          onPin={() => pinned.pin(viewer.selectedRows())}
          onClear={() => viewer.letGo()}
        />
      )}
      <StatusBar snapshot={snapshot} retentionDays={server.retentionDays} />
      <LiveSummary store={store} />
      <KeyHelp open={isHelping} onOpenChange={setIsHelping} />
    </section>
  );
}
