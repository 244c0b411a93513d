"use client";

import { CircleHelp, Download, Eraser, Pause, Play, Search, X } from "lucide-react";
import { type RefObject, useEffect, useEffectEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";
import { Input } from "#components/ui/input.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import type { LogFilter } from "#lib/client/log-stream/filter.ts";
import { shortRequestId } from "#lib/client/log-stream/line-text.ts";
import type { ViewerPreferences } from "#lib/client/log-stream/viewer-preferences.ts";
import { logStreamLimits } from "#lib/kernel/limits/log-stream.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { LEVEL_CHOICES, type LevelChoice } from "./levels.ts";
import { ViewMenu } from "./view-menu.tsx";

interface LogToolbarProps {
  filterField: RefObject<HTMLInputElement | null>;
  filter: LogFilter;
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
        text={filter.text ?? ""}
        onText={(text) => props.onFilter({ ...without(filter, "text"), ...(text ? { text } : {}) })}
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

/** Text goes to the server when typing stops for a moment. */
function FilterField({
  field,
  text,
  onText,
}: {
  field: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
}) {
  const [typed, setTyped] = useState(text);
  const [applied, setApplied] = useState(text);
  if (applied !== text) {
    setApplied(text);
    setTyped(text);
  }
  const apply = useEffectEvent(() => {
    if (typed !== text) onText(typed);
  });
  const clear = () => {
    setTyped("");
    onText("");
  };
  // External system: time.
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => apply(), viewerLimits.filterDelayMs);
    return () => clearTimeout(timer);
  }, [typed, text]);
  return (
    <div className="relative min-w-0 flex-[1_1_100%] sm:max-w-md sm:flex-[1_1_12rem]">
      <Input
        ref={field}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onText(typed);
          if (event.key === "Escape" && typed !== "") {
            clear();
            event.stopPropagation();
          }
        }}
        maxLength={logStreamLimits.filterTextCharactersMax}
        placeholder="Filter lines"
        aria-label="Filter lines"
        spellCheck={false}
        autoComplete="off"
        className="pr-8 font-mono text-xs"
      />
      {typed === "" ? (
        <kbd className="pointer-events-none absolute top-1.5 right-2 hidden rounded-sm border px-1.5 text-2xs text-faint leading-4 sm:block">
          /
        </kbd>
      ) : (
        <button
          type="button"
          aria-label="Clear the filter"
          onClick={clear}
          className="absolute top-1.5 right-1.5 grid size-5 place-items-center rounded-sm text-faint hover:text-fg"
        >
          <X aria-hidden="true" className="size-3.5" />
        </button>
      )}
    </div>
  );
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
