"use client";

import dynamic from "next/dynamic";
import type { RequestLogView } from "#lib/client/queries/requests.ts";
import type { RequestSearch, SearchChange } from "./request-search.ts";

const FacetList = dynamic(() => import("./facet-list.tsx").then((module) => module.FacetList), {
  ssr: false,
});

interface FacetsPanelProps {
  search: RequestSearch;
  view: RequestLogView;
  /** False where there is no room: the counts are then in the sheet of filters. */
  isShown: boolean;
  onChange: (change: SearchChange) => void;
}

/** The counts beside the rows. Its place is kept before they arrive. */
export function FacetsPanel({ search, view, isShown, onChange }: FacetsPanelProps) {
  return (
    <aside
      aria-label="Values in this window"
      className="sticky top-3.5 hidden max-h-[calc(100dvh-1.75rem)] w-56 shrink-0 overflow-y-auto pb-4 xl:block"
    >
      {isShown ? <FacetList search={search} view={view} onChange={onChange} /> : null}
    </aside>
  );
}
