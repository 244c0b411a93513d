"use client";

import type { OpenMenu } from "#components/shell/menu-button.tsx";
import { MenuPopup } from "#components/shell/menu-popup.tsx";
import {
  DropdownMenuCheckboxItem,
  DropdownMenuItem,
  DropdownMenuSeparator,
} from "#components/ui/dropdown-menu.tsx";
import type { FilterMenuProps } from "./filter-menu.tsx";

/** The open menu of a filter. */
export function FilterMenuPopup<Value extends string>({
  label,
  options,
  chosen,
  onChange,
  ...menu
}: FilterMenuProps<Value> & OpenMenu) {
  return (
    <MenuPopup label={label} align="start" className="min-w-44" {...menu}>
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
    </MenuPopup>
  );
}
