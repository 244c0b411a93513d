"use client";

import { X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import type { Facets } from "#lib/contract/index.ts";
import { chipsOf, FILTER_WORDS } from "./filter-words.ts";
import { NO_FILTERS, type RequestSearch, type SearchChange } from "./request-search.ts";

interface FilterChipsProps {
  search: RequestSearch;
  /** Knows what ids are called; undefined while nobody asked. */
  facets: Facets | undefined;
  onChange: (change: SearchChange) => void;
}

/** What narrows the log, each removed by its own button. Nothing when nothing does. */
export function FilterChips({ search, facets, onChange }: FilterChipsProps) {
  const chips = chipsOf(search, search.log, facets);
  if (chips.length === 0) return null;
  return (
    <ul aria-label="Filters in use" className="flex flex-wrap items-center gap-1.5">
      {chips.map(({ name, text, without }) => (
        <li
          key={`${name} ${text}`}
          className="flex h-6.5 max-w-full items-center gap-1 rounded-md border bg-surface pl-2 text-xs"
        >
          <span className="text-muted">{FILTER_WORDS[name]}</span>
          <span className="min-w-0 truncate font-medium">{text}</span>
          <button
            type="button"
            aria-label={`Remove ${FILTER_WORDS[name]} ${text}`}
            className="grid size-6 shrink-0 place-items-center rounded-md text-faint hover:text-fg"
            onClick={() => onChange({ [name]: without, page: null, asOf: null })}
          >
            <X aria-hidden="true" className="size-3.5" />
          </button>
        </li>
      ))}
      <li>
        <Button size="sm" variant="ghost" onClick={() => onChange(NO_FILTERS)}>
          Clear all
        </Button>
      </li>
    </ul>
  );
}
