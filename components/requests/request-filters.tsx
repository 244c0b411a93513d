"use client";

import { ChevronDown, SlidersHorizontal } from "lucide-react";
import dynamic from "next/dynamic";
import { useRef, useState } from "react";
import { useCommand } from "#components/shell/commands.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { SearchInput } from "#components/ui/search-input.tsx";
import type { RequestLogView } from "#lib/client/queries/requests.ts";
import { FilterMenu } from "./filter-menu.tsx";
import { SEARCH_CHARACTERS_MAX } from "./log-filters.ts";
import { lookOfOutcome, SOURCE_LABELS } from "./outcomes.ts";
import type { RequestSearch, SearchChange } from "./request-search.ts";
import { LEVELS, OUTCOMES, SOURCES } from "./request-values.ts";

const loadToolMenu = () => import("./tool-menu-popup.tsx").then((module) => module.ToolMenuPopup);
const ToolMenuPopup = dynamic(loadToolMenu, { ssr: false });

interface RequestFiltersProps {
  search: RequestSearch;
  view: RequestLogView;
  onChange: (change: SearchChange) => void;
  onMore: () => void;
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

/** The filters that are wanted most; every change leads back to the first page, as it is now. */
export function RequestFilters({ search, view, onChange, onMore }: RequestFiltersProps) {
  const change = (part: SearchChange) => onChange({ ...part, page: null, asOf: null });
  const isConsole = search.log === "console";
  const inUse = Object.keys(view.filter).length;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <TextFilter
        value={search.q}
        placeholder={isConsole ? "Text in the message" : "Text in error, tool, method or client"}
        onChange={(q) => change({ q: q || null })}
      />
      <span className="hidden flex-wrap items-center gap-2 sm:flex">
        <FilterMenu
          label="Level"
          options={LEVEL_OPTIONS}
          chosen={search.level}
          onChange={(level) => change({ level: level.length > 0 ? level : null })}
        />
        {isConsole ? null : (
          <>
            <FilterMenu
              label="Outcome"
              options={OUTCOME_OPTIONS}
              chosen={search.outcome}
              onChange={(outcome) => change({ outcome: outcome.length > 0 ? outcome : null })}
            />
            <FilterMenu
              label="Source"
              options={SOURCE_OPTIONS}
              chosen={search.source}
              onChange={(source) => change({ source: source.length > 0 ? source : null })}
            />
            <ToolMenu value={search.tool} view={view} onChange={(tool) => change({ tool })} />
          </>
        )}
      </span>
      <Button onClick={onMore} className={cn("font-normal text-muted text-xs", inUse > 0 && "text-fg")}>
        <SlidersHorizontal aria-hidden="true" className="size-3.5" />
        Filters
        {inUse > 0 ? (
          <span className="rounded-sm bg-accent-soft px-1 font-medium text-accent tabular-nums">{inUse}</span>
        ) : null}
      </Button>
    </div>
  );
}

/** The tools that were called in the window, with their counts; loaded when they are first wanted. */
function ToolMenu(props: { value: string; view: RequestLogView; onChange: (tool: string | null) => void }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <span className="relative">
      <Button
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerEnter={() => void loadToolMenu()}
        onFocus={() => void loadToolMenu()}
        onClick={() => setOpen(!open)}
        className={cn(
          "max-w-48 font-normal text-muted text-xs",
          props.value !== "" && "border-accent/50 text-fg",
        )}
      >
        <span className="truncate">{props.value === "" ? "Tool" : props.value}</span>
        <ChevronDown aria-hidden="true" className="size-3.5 text-faint" />
      </Button>
      {open ? (
        <ToolMenuPopup
          {...props}
          onClose={() => setOpen(false)}
          onReturnFocus={() => button.current?.focus()}
        />
      ) : null}
    </span>
  );
}

interface Draft {
  /** The value of the address that it began with. */
  of: string;
  text: string;
  /** Applied, and not in the address yet. */
  sent: readonly string[];
}

/** Takes effect on Enter, or when one leaves the field; `/` leads into it. */
function TextFilter(props: { value: string; placeholder: string; onChange: (text: string) => void }) {
  const [draft, setDraft] = useState<Draft>({ of: props.value, text: props.value, sent: [] });
  // Another value of the address replaces what was typed, but for one that was sent from here: somebody may be typing on already.
  if (draft.of !== props.value) {
    const arrived = draft.sent.indexOf(props.value);
    setDraft(
      arrived === -1
        ? { of: props.value, text: props.value, sent: [] }
        : { ...draft, of: props.value, sent: draft.sent.slice(arrived + 1) },
    );
  }
  const form = useRef<HTMLFormElement>(null);
  const field = () => form.current?.querySelector("input");
  useCommand({
    id: "log-filter-text",
    label: "Search this log",
    group: "This page",
    keys: "/",
    run: () => field()?.focus(),
  });
  const apply = () => {
    const text = draft.text.trim();
    if (text === (draft.sent.at(-1) ?? props.value)) return;
    setDraft({ ...draft, sent: [...draft.sent, text] });
    props.onChange(text);
  };
  return (
    <form
      ref={form}
      className="min-w-40 flex-1 sm:max-w-md"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <SearchInput
        aria-label="Search this log"
        value={draft.text}
        onChange={(event) => setDraft({ ...draft, text: event.target.value })}
        onBlur={apply}
        placeholder={props.placeholder}
        maxLength={SEARCH_CHARACTERS_MAX}
        spellCheck={false}
        className="[&_input]:text-xs"
      />
    </form>
  );
}
