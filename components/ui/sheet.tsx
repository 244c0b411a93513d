"use client";

import { X } from "lucide-react";
import { Dialog as RadixDialog } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { buttonStyle } from "./button.tsx";
import { cn } from "./class-names.ts";
import { scrimStyle } from "./dialog.tsx";
import { RememberFocus, useReturnFocus } from "./return-focus.tsx";

export const Sheet = RadixDialog.Root;

interface SheetContentProps extends Omit<ComponentProps<typeof RadixDialog.Content>, "title"> {
  title: ReactNode;
  side?: "left" | "right";
  /** Keeps the title for assistive technology only, and leaves the close button to the content. */
  hideHeader?: boolean;
}

/** A drawer over one edge of the window: details on the right, navigation on the left. */
export function SheetContent({
  title,
  side = "right",
  hideHeader = false,
  className,
  children,
  ...props
}: SheetContentProps) {
  const { opener, onCloseAutoFocus } = useReturnFocus();
  return (
    <RadixDialog.Portal>
      <RadixDialog.Overlay className={scrimStyle} />
      <RadixDialog.Content
        aria-describedby={undefined}
        className={cn(
          "fixed inset-y-0 z-50 flex w-full flex-col bg-overlay shadow-pop outline-none",
          side === "right"
            ? "right-0 max-w-xl border-l border-line data-[state=open]:animate-slide-in-right"
            : "left-0 max-w-64 border-r border-line data-[state=open]:animate-slide-in-left",
          className,
        )}
        onCloseAutoFocus={onCloseAutoFocus}
        {...props}
      >
        <RememberFocus opener={opener} />
        {hideHeader ? (
          <RadixDialog.Title className="sr-only">{title}</RadixDialog.Title>
        ) : (
          <header className="flex items-center gap-3 border-b px-4 py-3">
            <RadixDialog.Title className="min-w-0 flex-1 truncate font-semibold text-base">
              {title}
            </RadixDialog.Title>
            <RadixDialog.Close
              className={cn(buttonStyle({ variant: "ghost", size: "icon-sm" }), "-mr-1.5")}
              aria-label="Close"
            >
              <X aria-hidden="true" />
            </RadixDialog.Close>
          </header>
        )}
        {children}
      </RadixDialog.Content>
    </RadixDialog.Portal>
  );
}
