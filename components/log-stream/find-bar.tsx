"use client";

import { ChevronDown, ChevronUp, Regex, X } from "lucide-react";
import { type KeyboardEvent, type RefObject, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { Input } from "#components/ui/input.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import type { FindProblem, FindQuery, FindState } from "#lib/client/log-stream/find.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";

interface FindBarProps {
  field: RefObject<HTMLInputElement | null>;
  find: FindState;
  onFind: (query: FindQuery | null) => void;
  onMove: (direction: 1 | -1) => void;
  onClose: () => void;
}

const PROBLEMS: Readonly<Record<FindProblem, string>> = {
  invalid_pattern: "Not a regular expression",
  too_slow: "Pattern takes too long",
  unavailable: "Search failed",
};

/** Find among the lines held: marks matches and hides nothing. */
export function FindBar({ field, find, onFind, onMove, onClose }: FindBarProps) {
  const [text, setText] = useState(find.query?.text ?? "");
  const [isRegex, setIsRegex] = useState(find.query?.isRegex ?? false);
  const change = (nextText: string, nextIsRegex: boolean) => {
    setText(nextText);
    setIsRegex(nextIsRegex);
    onFind(nextText === "" ? null : { text: nextText, isRegex: nextIsRegex });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") onMove(event.shiftKey ? 1 : -1);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search
      aria-label="Find in the lines shown"
      className="flex items-center gap-1.5 border-b bg-raised/50 px-3 py-1.5"
    >
      <div className="relative min-w-0 max-w-md flex-1">
        <Input
          ref={field}
          value={text}
          onChange={(event) => change(event.target.value, isRegex)}
          onKeyDown={onKeyDown}
          maxLength={viewerLimits.findPatternCharactersMax}
          placeholder="Find"
          aria-label="Find"
          aria-invalid={find.problem !== null || undefined}
          spellCheck={false}
          autoComplete="off"
          className="h-7 pr-9 font-mono text-xs"
        />
        <button
          type="button"
          aria-pressed={isRegex}
          aria-label="Regular expression"
          title="Regular expression"
          onClick={() => change(text, !isRegex)}
          className={cn(
            "absolute top-1 right-1 grid size-5 place-items-center rounded-sm text-faint hover:text-fg",
            isRegex && "bg-accent-soft text-accent",
          )}
        >
          <Regex aria-hidden="true" className="size-3.5" />
        </button>
      </div>
      <span
        role="status"
        className={cn("min-w-16 text-xs tabular-nums", find.problem ? "text-fail" : "text-muted")}
      >
        {resultText(find)}
      </span>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Previous match"
        title="Previous match (Enter)"
        onClick={() => onMove(-1)}
      >
        <ChevronUp aria-hidden="true" />
      </Button>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Next match"
        title="Next match (Shift Enter)"
        onClick={() => onMove(1)}
      >
        <ChevronDown aria-hidden="true" />
      </Button>
      <Button variant="ghost" size="icon-sm" aria-label="Close find" onClick={onClose}>
        <X aria-hidden="true" />
      </Button>
    </search>
  );
}

function resultText(find: FindState): string {
  if (find.query === null) return "";
  if (find.problem !== null) return PROBLEMS[find.problem];
  if (find.isSearching) return `${formatCount(find.total)}…`;
  if (find.total === 0) return "No match";
  return find.position === 0
    ? formatCount(find.total)
    : `${formatCount(find.position)} of ${formatCount(find.total)}`;
}
