"use client";

import { X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";
import { FilterMenu } from "./filter-menu.tsx";
import { lookOfOutcome, SOURCE_LABELS } from "./outcomes.ts";
import { isNarrowed, NO_FILTERS, type RequestSearch } from "./request-search.ts";
import { LEVELS, OUTCOMES, SOURCES } from "./request-values.ts";
import { WindowPicker } from "./window-picker.tsx";

/** What may change in the address. Every change leads back to the first page, as it is now. */
export type SearchChange = { readonly [Name in keyof RequestSearch]?: RequestSearch[Name] | null };

interface RequestFiltersProps {
  search: RequestSearch;
  /** Tools that are known, in alphabetical order. */
  tools: readonly string[];
  onChange: (change: SearchChange) => void;
}

const OUTCOME_OPTIONS = OUTCOMES.map((value) => {
  const { label, icon: Icon } = lookOfOutcome(value);
  return {
    value,
    label: (
      <>
        <Icon aria-hidden="true" />
        {label}
      </>
    ),
  };
});
const SOURCE_OPTIONS = SOURCES.map((value) => ({ value, label: SOURCE_LABELS[value] }));
const LEVEL_OPTIONS = LEVELS.map((value) => ({ value, label: value }));

/** Window and filters of the request log; all of it is in the address. */
export function RequestFilters({ search, tools, onChange }: RequestFiltersProps) {
  const change = (part: SearchChange) => onChange({ ...part, page: null, asOf: null });
  const listed = search.tool !== "" && !tools.includes(search.tool) ? [search.tool, ...tools] : tools;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker
        value={{ window: search.window, from: search.from, to: search.to }}
        onChange={({ window, from, to }) => change({ window, from, to })}
      />
      <FilterMenu
        label="Outcome"
        options={OUTCOME_OPTIONS}
        chosen={search.outcome}
        onChange={(outcome) => change({ outcome: outcome.length > 0 ? outcome : null })}
      />
      <FilterMenu
        label="Level"
        options={LEVEL_OPTIONS}
        chosen={search.level}
        onChange={(level) => change({ level: level.length > 0 ? level : null })}
      />
      <FilterMenu
        label="Source"
        options={SOURCE_OPTIONS}
        chosen={search.source}
        onChange={(source) => change({ source: source.length > 0 ? source : null })}
      />
      <Select
        aria-label="Tool"
        value={search.tool}
        onChange={(event) => change({ tool: event.target.value || null })}
        className="max-w-48 text-xs"
      >
        <option value="">All tools and methods</option>
        {listed.map((tool) => (
          <option key={tool} value={tool}>
            {tool}
          </option>
        ))}
      </Select>
      {isNarrowed(search) ? (
        <Button size="sm" variant="ghost" onClick={() => onChange(NO_FILTERS)}>
          <X aria-hidden="true" />
          Reset
        </Button>
      ) : null}
    </div>
  );
}
