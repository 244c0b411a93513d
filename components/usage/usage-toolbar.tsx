"use client";

import { Download, X } from "lucide-react";
import { CUSTOM_WINDOW, WindowChooser, type WindowOption } from "#components/requests/window-picker.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";
import { useNow } from "#components/ui/use-now.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { usageExportUrl } from "#lib/client/queries/usage.ts";
import {
  COMPARISONS,
  filtersOf,
  NO_FILTERS,
  type UsageSearch,
  type UsageWindow,
  viewOf,
} from "./usage-search.ts";

const WINDOWS: readonly WindowOption<UsageWindow>[] = [
  { value: "24h", label: "24 h", title: "The last 24 hours" },
  { value: "7d", label: "7 d", title: "The last 7 days" },
  { value: "30d", label: "30 d", title: "The last 30 days" },
  { value: "90d", label: "90 d", title: "The last 90 days" },
  CUSTOM_WINDOW,
];
const COMPARED: Readonly<Record<UsageSearch["compare"], string>> = {
  previous: "with the time before",
  day: "with a day earlier",
  week: "with a week earlier",
  none: "with nothing",
};

interface UsageToolbarProps {
  search: UsageSearch;
  onChange: (change: { readonly [Name in keyof UsageSearch]?: UsageSearch[Name] | null }) => void;
}

/** Which use is shown, what with it is compared, and the same as a file. */
export function UsageToolbar({ search, onChange }: UsageToolbarProps) {
  const { slug: org } = useOrganization();
  const nowMs = useNow();
  const filters = Object.entries(filtersOf(search));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowChooser
        value={{ window: search.window, from: search.from, to: search.to }}
        options={WINDOWS}
        onChange={onChange}
      />
      <Select
        aria-label="Compare"
        className="text-xs"
        value={search.compare}
        onChange={(event) =>
          onChange({ compare: COMPARISONS.find((known) => known === event.target.value) ?? null })
        }
      >
        {COMPARISONS.map((known) => (
          <option key={known} value={known}>
            {known === "none" ? "Compare with nothing" : `Compare ${COMPARED[known]}`}
          </option>
        ))}
      </Select>
      <Button asChild className="sm:ml-auto">
        <a href={usageExportUrl(org, viewOf(search), nowMs)} download>
          <Download aria-hidden="true" />
          CSV
        </a>
      </Button>
      {filters.length > 0 ? (
        <ul aria-label="Filters" className="flex w-full flex-wrap gap-2">
          {filters.map(([name, value]) => (
            <li key={name}>
              <Button
                size="sm"
                onClick={() => onChange({ [name]: null })}
                title={`Remove the filter by ${name}`}
              >
                <span className="text-muted">{name}</span>
                <span className="max-w-60 truncate">{withSigns(value)}</span>
                <X aria-label="Remove" />
              </Button>
            </li>
          ))}
          {filters.length > 1 ? (
            <li>
              <Button size="sm" variant="ghost" onClick={() => onChange(NO_FILTERS)}>
                Clear
              </Button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
}
