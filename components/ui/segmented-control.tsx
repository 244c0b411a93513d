"use client";

import { type ReactNode, useId } from "react";
import { cn } from "./class-names.ts";

interface SegmentedControlProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode; title?: string }[];
  onChange: (value: Value) => void;
  className?: string;
}

/** One of a few, always exactly one. Radio buttons underneath, so arrow keys move. */
export function SegmentedControl<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: SegmentedControlProps<Value>) {
  const name = useId();
  return (
    <fieldset
      className={cn(
        "inline-flex h-8 min-w-0 shrink-0 rounded-md border border-line bg-surface p-0.5 shadow-button",
        className,
      )}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          title={option.title}
          className="relative inline-flex items-center gap-1.5 rounded-sm px-2.5 text-muted text-xs transition-colors hover:text-fg has-[:checked]:bg-raised has-[:checked]:font-medium has-[:checked]:text-fg has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring [&_svg]:size-3.5"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
