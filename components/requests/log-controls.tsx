"use client";

import type { RequestLogView } from "#lib/client/queries/requests.ts";
import { RequestFilters } from "./request-filters.tsx";
import type { RequestSearch, SearchChange } from "./request-search.ts";
import { RequestToolbar } from "./request-toolbar.tsx";

interface LogControlsProps {
  search: RequestSearch;
  view: RequestLogView;
  /** The live console of this server. */
  liveHref: string;
  exportRowsMax: number;
  onChange: (change: SearchChange) => void;
  /** Somebody wants to see every filter. */
  onMore: () => void;
}

/** Everything above the rows that decides which rows they are. */
export function LogControls({ liveHref, exportRowsMax, onMore, ...log }: LogControlsProps) {
  return (
    <>
      <RequestToolbar {...log} liveHref={liveHref} exportRowsMax={exportRowsMax} />
      <RequestFilters {...log} onMore={onMore} />
    </>
  );
}
