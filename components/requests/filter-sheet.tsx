"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Sheet, SheetContent } from "#components/ui/sheet.tsx";
import type { LogFilterName, RequestLogView } from "#lib/client/queries/requests.ts";
import { FacetList } from "./facet-list.tsx";
import { FILTER_WORDS } from "./filter-words.ts";
import { appliesTo, filterSearch, RANGE_FILTERS, TEXT_FILTERS } from "./log-filters.ts";
import { NO_FILTERS, type RequestSearch, type SearchChange } from "./request-search.ts";

const HINTS: Partial<Record<LogFilterName, string>> = {
  durationMin: "milliseconds",
  durationMax: "milliseconds",
  requestBytesMin: "bytes",
  requestBytesMax: "bytes",
  responseBytesMin: "bytes",
  responseBytesMax: "bytes",
  session: "16 signs, as rows show it",
  requestId: "req_…",
  version: "1.4.2",
  method: "tools/call",
};
const TYPED: readonly LogFilterName[] = [...TEXT_FILTERS.filter((name) => name !== "q"), ...RANGE_FILTERS];
const isNumber = (name: LogFilterName): boolean => RANGE_FILTERS.some((range) => range === name);

interface FilterSheetProps {
  search: RequestSearch;
  view: RequestLogView;
  /** Counts are beside the table already. */
  hasFacets: boolean;
  onChange: (change: SearchChange) => void;
  onClose: () => void;
}

/** Every filter there is: values to choose from with their counts, and exact ones to type. */
export function FilterSheet({ search, view, hasFacets, onChange, onClose }: FilterSheetProps) {
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()}>
      <SheetContent title="Filters" className="max-w-md">
        <div className="grid min-h-0 flex-1 content-start gap-6 overflow-y-auto px-4 py-4">
          {hasFacets ? null : <FacetList search={search} view={view} onChange={onChange} />}
          <ExactFilters search={search} onChange={onChange} onClose={onClose} />
        </div>
      </SheetContent>
    </Sheet>
  );
}

type Draft = Partial<Record<LogFilterName, string>>;

/** A value as it stands in the address, ready to be typed over. */
const textIn = (search: RequestSearch, name: LogFilterName): string => String(search[name] ?? "");

function ExactFilters({
  search,
  onChange,
  onClose,
}: Pick<FilterSheetProps, "search" | "onChange" | "onClose">) {
  /** Only what was typed: a value that is chosen by its count meanwhile stays chosen. */
  const [draft, setDraft] = useState<Draft>({});
  const names = TYPED.filter((name) => appliesTo(search.log, name));
  const textOf = (name: LogFilterName): string => draft[name] ?? textIn(search, name);
  const parsed = (name: LogFilterName) => filterSearch[name].parse(textOf(name).trim());
  const wrong = names.filter((name) => textOf(name).trim() !== "" && parsed(name) === null);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong.length > 0) return;
        onChange({
          ...Object.fromEntries(names.map((name) => [name, parsed(name)])),
          page: null,
          asOf: null,
        });
        onClose();
      }}
    >
      <h3 className="font-medium text-sm">Exact values</h3>
      <div className="grid grid-cols-2 gap-x-3 gap-y-3.5">
        {names.map((name) => (
          <Field
            key={name}
            label={FILTER_WORDS[name]}
            error={
              wrong.includes(name)
                ? `This is no ${isNumber(name) ? "number of this kind" : "value of this kind"}.`
                : null
            }
          >
            {(control) => (
              <Input
                {...control}
                value={textOf(name)}
                inputMode={isNumber(name) ? "decimal" : "text"}
                placeholder={HINTS[name]}
                spellCheck={false}
                autoComplete="off"
                className="text-xs"
                onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <div className="flex justify-end gap-2">
        <Button
          onClick={() => {
            onChange(NO_FILTERS);
            onClose();
          }}
        >
          Clear all
        </Button>
        <Button type="submit" variant="primary">
          Apply
        </Button>
      </div>
    </form>
  );
}
