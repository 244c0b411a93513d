"use client";

import { ChevronDown } from "lucide-react";
import dynamic from "next/dynamic";
import { type ComponentType, type ReactNode, useRef, useState } from "react";
import type { OpenMenu } from "#components/shell/menu-button.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";

const load = () => import("./filter-menu-popup.tsx").then((module) => module.FilterMenuPopup);
const FilterMenuPopup: ComponentType<FilterMenuProps<string> & OpenMenu> = dynamic(load, { ssr: false });

export interface FilterMenuProps<Value extends string> {
  label: string;
  options: readonly { value: Value; label: ReactNode }[];
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
}

/** Any number of choices; none chosen means all. The menu is loaded when it is first wanted. */
export function FilterMenu<Value extends string>({
  label,
  options,
  chosen,
  onChange,
}: FilterMenuProps<Value>) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <span className="relative">
      <Button
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setOpen(!open)}
        className={cn("font-normal text-muted text-xs", chosen.length > 0 && "border-accent/50 text-fg")}
      >
        {label}
        {chosen.length > 0 ? (
          <span className="rounded-sm bg-accent-soft px-1 font-medium text-accent tabular-nums">
            {chosen.length}
          </span>
        ) : null}
        <ChevronDown aria-hidden="true" className="size-3.5 text-faint" />
      </Button>
      {open ? (
        <FilterMenuPopup
          label={label}
          options={options}
          chosen={chosen}
          onChange={(next) => onChange(options.flatMap(({ value }) => (next.includes(value) ? [value] : [])))}
          onClose={() => setOpen(false)}
          onReturnFocus={() => button.current?.focus()}
        />
      ) : null}
    </span>
  );
}
