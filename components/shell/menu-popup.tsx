"use client";

import { DropdownMenu as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { DropdownMenu, DropdownMenuContent } from "#components/ui/dropdown-menu.tsx";

interface MenuPopupProps
  extends Pick<ComponentProps<typeof DropdownMenuContent>, "side" | "align" | "children" | "className"> {
  label: string;
  onClose: () => void;
  /** Where the focus goes back to. */
  onReturnFocus: () => void;
}

/** An open menu over the whole of its positioned parent, whose button is already there. */
export function MenuPopup({
  label,
  onClose,
  onReturnFocus,
  className = "w-56",
  children,
  ...place
}: MenuPopupProps) {
  return (
    <DropdownMenu open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Radix.Trigger asChild aria-hidden="true" tabIndex={-1}>
        <span className="pointer-events-none absolute inset-0" />
      </Radix.Trigger>
      <DropdownMenuContent
        aria-label={label}
        className={className}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          onReturnFocus();
        }}
        {...place}
      >
        {children}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
