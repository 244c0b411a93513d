"use client";

import { SlidersHorizontal } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import type { ViewerPreferences } from "#lib/client/log-stream/viewer-preferences.ts";

const CHOICES = [
  { name: "wraps", label: "Wrap long lines", keys: "w" },
  { name: "foldsStacks", label: "Fold stack traces", keys: "f" },
  { name: "collapsesRepeats", label: "Collapse repeated lines", keys: "r" },
] as const;

interface ViewMenuProps {
  preferences: ViewerPreferences;
  onChange: (part: Partial<ViewerPreferences>) => void;
}

/** How lines are laid out; this browser remembers it. */
export function ViewMenu({ preferences, onChange }: ViewMenuProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label="View" title="View">
          <SlidersHorizontal aria-hidden="true" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {CHOICES.map(({ name, label, keys }) => (
          <DropdownMenuCheckboxItem
            key={name}
            checked={preferences[name]}
            onCheckedChange={(isOn) => onChange({ [name]: isOn })}
            onSelect={(event) => event.preventDefault()}
          >
            <span className="flex-1">{label}</span>
            <Kbd className="hidden sm:inline-grid">{keys}</Kbd>
          </DropdownMenuCheckboxItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
