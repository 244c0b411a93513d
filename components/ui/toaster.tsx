"use client";

import { Toaster as Sonner } from "sonner";

export { toast } from "sonner";

/** Where toasts appear. Call `notify`, not this; every colour comes from the tokens. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-start font-sans gap-2.5 rounded-lg border border-line bg-overlay px-3.5 py-3 text-fg text-sm shadow-pop",
          content: "min-w-0 flex-1",
          icon: "mt-0.5 [&_svg]:size-4",
          title: "font-medium",
          description: "mt-0.5 break-words text-muted text-xs",
          actionButton:
            "shrink-0 self-center rounded-md border border-line bg-surface px-2 py-1 font-medium text-xs hover:bg-raised",
          success: "[&_[data-icon]]:text-ok",
          error: "[&_[data-icon]]:text-fail",
          warning: "[&_[data-icon]]:text-warn",
          info: "[&_[data-icon]]:text-info",
        },
      }}
    />
  );
}
