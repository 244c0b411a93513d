"use client";

import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";

interface FilterMenuProps<Value extends string> {
  label: string;
  options: readonly { value: Value; label: ReactNode }[];
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
}

/** Any number of choices; none chosen means all. */
export function FilterMenu<Value extends string>({
  label,
  options,
  chosen,
  onChange,
}: FilterMenuProps<Value>) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
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
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start">
        {options.map((option) => (
          <DropdownMenuCheckboxItem
            key={option.value}
            checked={chosen.includes(option.value)}
            // The menu stays open, so that several can be chosen.
            onSelect={(event) => event.preventDefault()}
            onCheckedChange={(isOn) =>
              onChange(
                isOn === true ? [...chosen, option.value] : chosen.filter((value) => value !== option.value),
              )
            }
          >
            {option.label}
          </DropdownMenuCheckboxItem>
        ))}
        {chosen.length > 0 ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem onSelect={() => onChange([])}>All</DropdownMenuItem>
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
