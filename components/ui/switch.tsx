"use client";

import { Switch as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

/** On or off, at once. The knob's place says it without colour. */
export function Switch({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cn(
        "inline-flex h-4.5 w-8 shrink-0 items-center rounded-full border border-transparent bg-faint/50 transition-colors disabled:opacity-50 data-[state=checked]:bg-accent",
        className,
      )}
      {...props}
    >
      <Radix.Thumb className="ml-px size-3.5 rounded-full bg-[oklch(1_0_0)] shadow-button transition-transform data-[state=checked]:translate-x-3.25" />
    </Radix.Root>
  );
}
