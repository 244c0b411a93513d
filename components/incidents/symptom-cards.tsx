"use client";

import { CircleHelp } from "lucide-react";
import { useId } from "react";
import { cn } from "#components/ui/class-names.ts";
import type { Symptom } from "#lib/contract/index.ts";
import { SYMPTOM_ORDER, SYMPTOM_WORDS } from "./symptoms.ts";

const OPEN = { label: "Something else, or I do not know", looksAt: "Everything", icon: CircleHelp };

interface SymptomCardsProps {
  value: Symptom | null;
  onChange: (symptom: Symptom | null) => void;
}

/** What somebody sees, chosen from eight; none is an answer as well. Radio buttons underneath, so arrow keys move. */
export function SymptomCards({ value, onChange }: SymptomCardsProps) {
  const name = useId();
  return (
    <fieldset className="grid min-w-0 gap-1.5">
      <legend className="mb-1.5 font-medium text-sm">What do you see?</legend>
      <div className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
        {[...SYMPTOM_ORDER, null].map((symptom) => {
          const { label, looksAt, icon: Icon } = symptom === null ? OPEN : SYMPTOM_WORDS[symptom];
          return (
            <label
              key={symptom ?? "open"}
              className={cn(
                "relative grid cursor-pointer grid-cols-[1rem_minmax(0,1fr)] content-start gap-x-2.5 rounded-md border border-line bg-surface px-3 py-2.5 shadow-button transition-colors",
                "hover:bg-raised/60 has-[:checked]:border-fg/60 has-[:checked]:bg-raised has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring",
              )}
            >
              <input
                type="radio"
                name={name}
                checked={symptom === value}
                onChange={() => onChange(symptom)}
                className="absolute inset-0 cursor-pointer opacity-0"
              />
              <Icon aria-hidden="true" className="mt-0.5 size-4 text-muted" />
              <span className="grid gap-0.5">
                <span className="font-medium text-sm">{label}</span>
                <span className="hidden text-muted text-xs sm:block">{looksAt}</span>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
