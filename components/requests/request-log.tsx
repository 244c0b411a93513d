"use client";

// What was called or written, by whom, how did it end, how long did it take?

import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { useCommand } from "#components/shell/commands.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { Card } from "#components/ui/card.tsx";
import { facetsQuery } from "#lib/client/queries/logs.ts";
import type { Facets } from "#lib/contract/index.ts";
import { FacetsPanel } from "./facets-panel.tsx";
import { HistogramSkeleton } from "./histogram-skeleton.tsx";
import { RequestRows } from "./request-rows.tsx";
import { isNarrowed, requestSearch, type SearchChange, unusedNames, viewOf } from "./request-search.ts";
import { RequestTableSkeleton } from "./request-table.tsx";
import { useIsWide } from "./use-is-wide.ts";
import type { WindowChoice } from "./window-picker.tsx";

// Drawn by the server with the page; it comes to life a moment after the rows.
const LogControls = dynamic(() => import("./log-controls.tsx").then((module) => module.LogControls));
// What not every address needs comes with those that do.
// Without a place to wait in of its own, a part that is wanted for the first time hides the whole page, and with it the focus.
const FilterChips = dynamic(() => import("./filter-chips.tsx").then((module) => module.FilterChips), {
  loading: () => null,
});
const UnusedNotice = dynamic(() => import("./unused-notice.tsx").then((module) => module.UnusedNotice), {
  loading: () => null,
});
const LiveOnly = dynamic(() => import("./live-only.tsx").then((module) => module.LiveOnly), {
  loading: () => null,
});
// What is above or beside the rows arrives after them.
const LogHistogram = dynamic(() => import("./log-histogram.tsx").then((module) => module.LogHistogram), {
  ssr: false,
  loading: HistogramSkeleton,
});
const FilterSheet = dynamic(() => import("./filter-sheet.tsx").then((module) => module.FilterSheet), {
  ssr: false,
});
const ConsoleRows = dynamic(() => import("./console-rows.tsx").then((module) => module.ConsoleRows), {
  ssr: false,
  loading: () => (
    <Card>
      <RequestTableSkeleton />
    </Card>
  ),
});

const WHOLE_DAY: WindowChoice = { window: "24h", from: null, to: null };

/** `exportRowsMax`: how many rows a download holds at most. */
export function RequestLog({ exportRowsMax }: { exportRowsMax: number }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [search, setSearch] = useQueryStates(requestSearch, { history: "push" });
  const [beforeZoom, setBeforeZoom] = useState<WindowChoice | null>(null);
  const [isFiltering, setFiltering] = useState(false);
  const address = useSearchParams();
  const isWide = useIsWide();
  const view = viewOf(search);
  const isLive = search.mode === "live";
  const facets = useQueryClient().getQueryData<Facets>(facetsQuery(org, server.slug, view).queryKey);
  const unused = unusedNames(address, search.log);
  const change = (part: SearchChange) => void setSearch(part);
  const zoom = ({ from, to }: { from: string; to: string }) => {
    if (search.window !== "custom")
      setBeforeZoom({ window: search.window, from: search.from, to: search.to });
    change({ window: "custom", from, to, page: null, asOf: null, mode: null });
  };
  const resetZoom = () => change({ ...(beforeZoom ?? WHOLE_DAY), page: null, asOf: null });
  useCommand({
    id: "log-filters",
    label: "All filters of this log",
    group: "This page",
    keys: "f",
    run: () => setFiltering(true),
  });
  const onReplace = (part: SearchChange) => void setSearch(part, { history: "replace" });
  const rows = { search, view, isLive, onChange: change, onReplace };

  return (
    <PageBody>
      <LogControls
        search={search}
        view={view}
        liveHref={`/${org}/servers/${server.slug}/logs/live`}
        exportRowsMax={exportRowsMax}
        onChange={change}
        onMore={() => setFiltering(true)}
      />
      {isNarrowed(search) ? <FilterChips search={search} facets={facets} onChange={change} /> : null}
      {unused.length > 0 ? <UnusedNotice names={unused} /> : null}
      {server.retentionDays === 0 ? <LiveOnly org={org} slug={server.slug} /> : null}
      {/* As high as the histogram, so that nothing moves when it arrives. */}
      <Card className="h-29 sm:h-33" aria-label="Over time">
        <LogHistogram
          view={view}
          isLive={isLive}
          onZoom={zoom}
          onReset={search.window === "custom" ? resetZoom : null}
        />
      </Card>
      <div className="flex min-w-0 items-start gap-3.5">
        <FacetsPanel search={search} view={view} isShown={isWide} onChange={change} />
        <div className="grid min-w-0 flex-1 grid-cols-1 gap-3.5">
          {search.log === "console" ? <ConsoleRows {...rows} /> : <RequestRows {...rows} />}
        </div>
      </div>
      {isFiltering ? (
        <FilterSheet
          search={search}
          view={view}
          hasFacets={isWide}
          onChange={change}
          onClose={() => setFiltering(false)}
        />
      ) : null}
    </PageBody>
  );
}
