"use client";

import { CircleHelp, Download, Eraser, Layers, Pause, Play, Search, X } from "lucide-react";
import Link from "next/link";
import type { RefObject } from "react";
import { Button, buttonStyle } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import type { LogFilter } from "#lib/client/log-stream/filter.ts";
import { shortRequestId } from "#lib/client/log-stream/line-text.ts";
import type { ViewerPreferences } from "#lib/client/log-stream/viewer-preferences.ts";
import { FilterField } from "./filter-field.tsx";
import { LEVEL_CHOICES, type LevelChoice } from "./levels.ts";
import { ViewMenu } from "./view-menu.tsx";

interface LogToolbarProps {
  filterField: RefObject<HTMLInputElement | null>;
  filter: LogFilter;
  filterProblem: string | null;
  isPaused: boolean;
  preferences: ViewerPreferences;
  isEmpty: boolean;
  onFilter: (filter: LogFilter) => void;
  onTogglePause: () => void;
  onPreferences: (part: Partial<ViewerPreferences>) => void;
  onFind: () => void;
  onClear: () => void;
  onDownload: (format: "ndjson" | "text") => void;
  onHelp: () => void;
  /** Where other servers can be watched together with this one; null where they are. */
  mergeHref: string | null;
}

/** Filter at the left, what can be done with the list at the right. */
export function LogToolbar(props: LogToolbarProps) {
  const { filter, isPaused, isEmpty } = props;
  const level: LevelChoice = LEVEL_CHOICES.find((choice) => choice.level === filter.level)?.value ?? "all";
  const setLevel = (value: LevelChoice) => {
    const chosen = LEVEL_CHOICES.find((choice) => choice.value === value)?.level;
    props.onFilter({ ...without(filter, "level"), ...(chosen ? { level: chosen } : {}) });
  };
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5 border-b bg-surface px-3 py-2">
      <FilterField
        field={props.filterField}
        filter={filter}
        problem={props.filterProblem}
        onFilter={props.onFilter}
      />
      {filter.requestId ? (
        <button
          type="button"
          onClick={() => props.onFilter(without(filter, "requestId"))}
          title={`Only request ${filter.requestId}. Show all requests again`}
          className="inline-flex h-7 items-center gap-1 rounded-md bg-accent-soft px-2 font-mono text-accent text-xs"
        >
          request {shortRequestId(filter.requestId)}
          <X aria-hidden="true" className="size-3" />
          <span className="sr-only">Show all requests</span>
        </button>
      ) : null}
      <SegmentedControl
        label="Level"
        value={level}
        options={LEVEL_CHOICES}
        onChange={setLevel}
        className="[&_label]:px-2 sm:[&_label]:px-2.5"
      />
      <div className="ml-auto flex items-center sm:gap-0.5">
        <IconButton label={isPaused ? "Follow" : "Pause"} keys="Space" onClick={props.onTogglePause}>
          {isPaused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
        </IconButton>
        <IconButton label="Find" keys="⌘F" onClick={props.onFind}>
          <Search aria-hidden="true" />
        </IconButton>
        <ViewMenu preferences={props.preferences} onChange={props.onPreferences} />
        {props.mergeHref === null ? null : (
          <Link
            href={props.mergeHref}
            aria-label="Watch with other servers"
            title="Watch with other servers"
            className={cn(buttonStyle({ variant: "ghost", size: "icon-sm" }), "hidden sm:inline-flex")}
          >
            <Layers aria-hidden="true" />
          </Link>
        )}
        <IconButton label="Clear" onClick={props.onClear} isDisabled={isEmpty}>
          <Eraser aria-hidden="true" />
        </IconButton>
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Download" title="Download" disabled={isEmpty}>
              <Download aria-hidden="true" />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            <DropdownMenuItem onSelect={() => props.onDownload("ndjson")}>
              What is shown, as NDJSON
            </DropdownMenuItem>
            <DropdownMenuItem onSelect={() => props.onDownload("text")}>
              What is shown, as text
            </DropdownMenuItem>
          </DropdownMenuContent>
        </DropdownMenu>
        <IconButton label="Keys" keys="?" onClick={props.onHelp} className="hidden sm:inline-flex">
          <CircleHelp aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  );
}

function without(filter: LogFilter, part: keyof LogFilter): LogFilter {
  const { [part]: _removed, ...rest } = filter;
  return rest;
}

function IconButton(props: {
  label: string;
  keys?: string;
  isPressed?: boolean;
  isDisabled?: boolean;
  onClick: () => void;
  className?: string;
  children: React.ReactNode;
}) {
  return (
    <Button
      variant="ghost"
      size="icon-sm"
      aria-label={props.label}
      title={props.keys ? `${props.label} (${props.keys})` : props.label}
      aria-pressed={props.isPressed}
      disabled={props.isDisabled}
      onClick={props.onClick}
      className={cn("aria-pressed:bg-raised aria-pressed:text-fg", props.className)}
    >
      {props.children}
    </Button>
  );
}
