"use client";

import { X } from "lucide-react";
import { Dialog as RadixDialog } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { buttonStyle } from "./button.tsx";
import { cn } from "./class-names.ts";
import { RememberFocus, useReturnFocus } from "./return-focus.tsx";

export const Dialog = RadixDialog.Root;
export const DialogClose = RadixDialog.Close;

export const scrimStyle = "fixed inset-0 z-50 bg-scrim data-[state=open]:animate-fade-in";

interface DialogContentProps extends Omit<ComponentProps<typeof RadixDialog.Content>, "title"> {
  title: ReactNode;
  description?: ReactNode;
  /** Keeps title and description for assistive technology only. */
  hideHeader?: boolean;
}

/** A modal box in the middle; on a phone it sits at the bottom edge. Content that is too long scrolls inside. */
export function DialogContent({
  title,
  description,
  hideHeader = false,
  className,
  children,
  ...props
}: DialogContentProps) {
  const { opener, onCloseAutoFocus } = useReturnFocus();
  return (
    <RadixDialog.Portal>
      <RadixDialog.Overlay className={scrimStyle} />
      <RadixDialog.Content
        className={cn(
          "fixed inset-x-2 bottom-2 z-50 mx-auto flex max-h-[calc(100dvh-1rem)] max-w-lg flex-col overflow-hidden rounded-xl border border-line bg-overlay shadow-pop outline-none data-[state=open]:animate-pop-in sm:inset-x-4 sm:top-[12vh] sm:bottom-auto sm:max-h-[76vh]",
          className,
        )}
        {...(description ? {} : { "aria-describedby": undefined })}
        onCloseAutoFocus={onCloseAutoFocus}
        {...props}
      >
        <RememberFocus opener={opener} />
        <header className={cn("flex items-start gap-3 px-4 pt-3.5 pb-1", hideHeader && "sr-only")}>
          <div className="min-w-0 flex-1">
            <RadixDialog.Title className="font-semibold text-base tracking-[-0.005em]">
              {title}
            </RadixDialog.Title>
            {description ? (
              <RadixDialog.Description className="mt-0.5 text-muted text-sm">
                {description}
              </RadixDialog.Description>
            ) : null}
          </div>
          <RadixDialog.Close
            className={cn(buttonStyle({ variant: "ghost", size: "icon-sm" }), "-mr-1.5")}
            aria-label="Close"
          >
            <X aria-hidden="true" />
          </RadixDialog.Close>
        </header>
        {children}
      </RadixDialog.Content>
    </RadixDialog.Portal>
  );
}

/** The scrolling middle of a dialog. */
export function DialogBody({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("min-h-0 flex-1 overflow-y-auto px-4 py-3", className)} {...props} />;
}

/** Its buttons; the one that acts comes last. */
export function DialogFooter({ className, ...props }: ComponentProps<"footer">) {
  return (
    <footer
      className={cn("flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3", className)}
      {...props}
    />
  );
}
