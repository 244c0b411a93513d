"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { facetsQuery, LIVE_COUNTS_POLL_MS } from "#lib/client/queries/logs.ts";
import type { RequestLogView } from "#lib/client/queries/requests.ts";
import type { Facets } from "#lib/contract/index.ts";
import { changeByFacet, chosenOf, takesSeveral } from "./facet-choice.ts";
import { FILTER_WORDS } from "./filter-words.ts";
import { lookOfOutcome } from "./outcomes.ts";
import type { RequestSearch, SearchChange } from "./request-search.ts";

interface FacetListProps {
  search: RequestSearch;
  view: RequestLogView;
  onChange: (change: SearchChange) => void;
}

/** What there is in the window, by side and value, and how often. A click asks for a value or no longer does. */
export function FacetList({ search, view, onChange }: FacetListProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const facets = useQuery({
    ...facetsQuery(org, server.slug, view),
    placeholderData: keepPreviousData,
    refetchInterval: search.mode === "live" ? LIVE_COUNTS_POLL_MS : false,
  });
  if (facets.data === undefined) {
    return facets.isError ? (
      <QueryError query={facets} title="The values could not be counted" className="px-2 py-6" />
    ) : (
      <FacetListSkeleton />
    );
  }
  const { isSampled, countedRows } = facets.data;
  const groups = facets.data.facets.filter(({ values }) => values.length > 0);
  const isPartly = groups.some((group) => !group.isSampled);
  const newest = `newest ${formatCount(countedRows)} rows`;
  return (
    <div className="grid gap-4 text-xs">
      {isSampled && !isPartly ? <p className="text-warn">Counted in the {newest} only.</p> : null}
      {groups.map((facet) => (
        <FacetGroup
          key={facet.facet}
          facet={facet}
          remark={facet.isSampled && isPartly ? `of the ${newest}` : null}
          search={search}
          onChange={onChange}
        />
      ))}
      {groups.length === 0 ? <p className="px-2 text-muted">Nothing to count in this window.</p> : null}
    </div>
  );
}

type FacetOf = Facets["facets"][number];

function FacetGroup(props: {
  facet: FacetOf;
  /** What the counts are of, where they are not of all rows and others are. */
  remark: string | null;
  search: RequestSearch;
  onChange: (change: SearchChange) => void;
}) {
  const { facet, values, isCapped } = props.facet;
  const chosen = chosenOf(props.search, facet);
  const most = Math.max(1, ...values.map(({ count }) => count));
  return (
    <section aria-label={FILTER_WORDS[facet]}>
      <h3 className="mb-0.5 px-2 font-medium text-muted">{FILTER_WORDS[facet]}</h3>
      {props.remark === null ? null : <p className="mb-0.5 px-2 text-warn">{props.remark}</p>}
      <ul>
        {values.map(({ value, label, count }) => (
          <FacetValue
            key={value}
            text={facet === "outcome" ? lookOfOutcome(value).label : withSigns(label ?? value)}
            count={count}
            share={count / most}
            isChosen={chosen.includes(value)}
            onToggle={() => props.onChange(changeByFacet(props.search, facet, value, "toggle"))}
            onOnly={
              takesSeveral(facet)
                ? () => props.onChange(changeByFacet(props.search, facet, value, "only"))
                : null
            }
          />
        ))}
      </ul>
      {isCapped ? <p className="px-2 text-faint">and more</p> : null}
    </section>
  );
}

interface FacetValueProps {
  text: string;
  count: number;
  /** Of the most frequent value beside it, 0 to 1. */
  share: number;
  isChosen: boolean;
  onToggle: () => void;
  /** Null where there is only ever one. */
  onOnly: (() => void) | null;
}

function FacetValue({ text, count, share, isChosen, onToggle, onOnly }: FacetValueProps) {
  return (
    <li className="group relative flex items-center rounded-sm hover:bg-raised">
      <span
        aria-hidden="true"
        className="absolute inset-y-0.5 left-0 rounded-sm bg-accent-soft"
        style={{ width: `${Math.max(share * 100, 1)}%` }}
      />
      <button
        type="button"
        aria-pressed={isChosen}
        title={text}
        onClick={onToggle}
        className="relative flex h-7 min-w-0 flex-1 items-center gap-2 px-2 text-left md:h-6"
      >
        <span
          aria-hidden="true"
          className={cn(
            "grid size-3 shrink-0 place-items-center rounded-xs border",
            isChosen ? "border-accent bg-accent" : "border-faint/60",
          )}
        />
        <span className={cn("min-w-0 flex-1 truncate", isChosen && "font-medium")}>{text}</span>
        <span
          className={cn(
            "text-muted tabular-nums",
            onOnly && "pointer-fine:group-focus-within:invisible pointer-fine:group-hover:invisible",
          )}
        >
          {formatCount(count)}
        </span>
      </button>
      {onOnly ? (
        <button
          type="button"
          aria-label={`Only ${text}`}
          onClick={onOnly}
          className="relative h-6 rounded-sm px-1 text-accent hover:underline focus-visible:opacity-100 pointer-fine:absolute pointer-fine:right-1 pointer-fine:opacity-0 pointer-fine:focus-visible:opacity-100 pointer-fine:group-hover:opacity-100"
        >
          only
        </button>
      ) : null}
    </li>
  );
}

const SKELETON_GROUPS = ["one", "two", "three"];
const SKELETON_VALUES = ["a", "b", "c", "d"];

function FacetListSkeleton() {
  return (
    <div className="grid gap-4" aria-busy="true">
      {SKELETON_GROUPS.map((group) => (
        <div key={group} className="grid gap-2 px-2">
          <Skeleton className="w-16" />
          {SKELETON_VALUES.map((value) => (
            <Skeleton key={value} className="w-full" />
          ))}
        </div>
      ))}
    </div>
  );
}
