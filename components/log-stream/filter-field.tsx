"use client";

import { Regex, X } from "lucide-react";
import { type RefObject, useEffect, useEffectEvent, useState } from "react";
import { cn } from "#components/ui/class-names.ts";
import { Input } from "#components/ui/input.tsx";
import type { LogFilter } from "#lib/client/log-stream/filter.ts";
import { logStreamLimits } from "#lib/kernel/limits/log-stream.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";

interface FilterFieldProps {
  field: RefObject<HTMLInputElement | null>;
  filter: LogFilter;
  /** Why the server took the regular expression away; null when it did not. */
  problem: string | null;
  onFilter: (filter: LogFilter) => void;
}

/** The part of a filter that is typed: text, or a regular expression. It counts when typing stops for a moment. */
export function FilterField({ field, filter, problem, onFilter }: FilterFieldProps) {
  const current = filter.pattern?.source ?? filter.text ?? "";
  const [isRegex, setIsRegex] = useState(filter.pattern !== undefined);
  const [typed, setTyped] = useState(current);
  const [applied, setApplied] = useState(current);
  const [mistake, setMistake] = useState<string | null>(null);
  const shownProblem = mistake ?? problem;
  // The filter changed from outside: "show all lines", or a pattern that was taken away, which stays to be mended.
  if (applied !== current) {
    setApplied(current);
    if (problem === null) setTyped(current);
  }

  const apply = async (text: string, asRegex: boolean): Promise<void> => {
    const { text: _text, pattern: _pattern, ...rest } = filter;
    setMistake(null);
    if (text === "" || !asRegex) {
      onFilter(text === "" ? rest : { ...rest, text });
      return;
    }
    // The engine that the server runs too; it is large, and few filters need it.
    const { compileLinePattern, isPatternProblem } = await import("#lib/kernel/line-pattern.ts");
    const pattern = compileLinePattern(text);
    if (isPatternProblem(pattern)) setMistake(pattern.problem);
    else onFilter({ ...rest, pattern });
  };
  const applyTyped = useEffectEvent(() => void apply(typed, isRegex));
  // External system: time.
  useEffect(() => {
    if (typed === applied) return;
    const timer = setTimeout(() => applyTyped(), viewerLimits.filterDelayMs);
    return () => clearTimeout(timer);
  }, [typed, applied]);
  const clear = () => {
    setTyped("");
    void apply("", isRegex);
  };
  return (
    <div className="relative min-w-0 flex-[1_1_100%] sm:max-w-md sm:flex-[1_1_12rem]">
      <Input
        ref={field}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") void apply(typed, isRegex);
          if (event.key === "Escape" && typed !== "") {
            clear();
            event.stopPropagation();
          }
        }}
        maxLength={logStreamLimits.filterTextCharactersMax}
        placeholder={isRegex ? "Filter by regular expression" : "Filter lines"}
        aria-label="Filter lines"
        aria-invalid={shownProblem !== null || undefined}
        aria-describedby={shownProblem === null ? undefined : "log-filter-problem"}
        spellCheck={false}
        autoComplete="off"
        className="pr-16 font-mono text-xs"
      />
      <div className="absolute top-1.5 right-1.5 flex items-center gap-0.5">
        {typed === "" ? (
          <kbd className="pointer-events-none hidden rounded-sm border px-1.5 text-2xs text-faint leading-4 sm:block">
            /
          </kbd>
        ) : (
          <button
            type="button"
            aria-label="Clear the filter"
            onClick={clear}
            className="grid size-6 place-items-center rounded-sm text-faint hover:text-fg"
          >
            <X aria-hidden="true" className="size-3.5" />
          </button>
        )}
        <button
          type="button"
          aria-pressed={isRegex}
          aria-label="Filter by regular expression"
          title="Regular expression"
          onClick={() => {
            setIsRegex(!isRegex);
            if (typed !== "") void apply(typed, !isRegex);
          }}
          className={cn(
            "grid size-6 place-items-center rounded-sm text-faint hover:text-fg",
            isRegex && "bg-accent-soft text-accent",
          )}
        >
          <Regex aria-hidden="true" className="size-3.5" />
        </button>
      </div>
      {shownProblem === null ? null : (
        <p
          id="log-filter-problem"
          role="alert"
          className="absolute top-full left-0 z-10 mt-1 max-w-full rounded-md border bg-surface px-2 py-1 text-fail text-xs shadow-pop"
        >
          {shownProblem}
        </p>
      )}
    </div>
  );
}
