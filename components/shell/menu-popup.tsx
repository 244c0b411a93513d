"use client";

import { DropdownMenu as Radix } from "radix-ui";
import { type ComponentProps, useRef } from "react";
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
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    // Not modal: the rest of the page stays readable for assistive technology.
    <DropdownMenu open modal={false} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Radix.Trigger asChild aria-hidden="true" tabIndex={-1}>
        <span ref={anchor} className="pointer-events-none absolute inset-0" />
      </Radix.Trigger>
      <DropdownMenuContent
        aria-label={label}
        className={className}
        onInteractOutside={(event) => {
          // The button that opened it closes it by itself.
          if (event.target instanceof Node && anchor.current?.parentElement?.contains(event.target)) {
            event.preventDefault();
          }
        }}
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
