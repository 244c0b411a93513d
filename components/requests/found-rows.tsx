"use client";

import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Card } from "#components/ui/card.tsx";
import type { LogRowsProps } from "./log-rows.tsx";
import { RowsBox } from "./rows-box.tsx";
import { SearchProgress } from "./search-progress.tsx";
import { useTextSearch } from "./use-text-search.ts";

/** The rows that a search for text has found so far, and how far it came. */
export function FoundRows<Row>(props: LogRowsProps<Row>) {
  const search = useTextSearch<Row>(props.org, props.server, props.view);
  const rows = search.rows.length > 0 || search.isComplete ? search.rows : undefined;
  return (
    <>
      <StaleNotice query={search.found} />
      <Card>
        <SearchProgress
          matches={search.rows.length}
          scannedTo={search.scannedTo}
          isComplete={search.isComplete}
          isSearching={search.isSearching}
          isLive={props.isLive}
          onStop={search.stop}
          onGoOn={search.goOn}
        />
        <RowsBox {...props} query={search.found} rows={rows} isOld={false} isBusy={search.isSearching}>
          {props.empty({ isBehindTheEnd: false })}
        </RowsBox>
      </Card>
      {props.beside?.(search.rows)}
    </>
  );
}
