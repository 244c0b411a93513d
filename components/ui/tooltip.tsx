"use client";

import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

export const TooltipProvider = Radix.Provider;

interface TooltipProps {
  content: ReactNode;
  side?: "top" | "right" | "bottom" | "left";
  /** Exactly one focusable element. */
  children: ReactNode;
  className?: string;
}

/** A short hint on hover and focus. Never the only place of a fact: touch has no hover. */
export function Tooltip({ content, side = "top", children, className }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className={cn(
            "z-60 flex max-w-72 items-center gap-2 rounded-md bg-fg px-2 py-1 text-bg text-xs shadow-pop data-[state=delayed-open]:animate-fade-in",
            className,
          )}
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
