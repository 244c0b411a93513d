"use client";

import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

export function Checkbox({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cn(
        "group grid size-4 shrink-0 place-items-center rounded-sm border border-faint/70 bg-surface transition-colors hover:border-muted disabled:opacity-50 data-[state=checked]:border-transparent data-[state=indeterminate]:border-transparent data-[state=checked]:bg-fg data-[state=indeterminate]:bg-fg",
        className,
      )}
      {...props}
    >
      <Radix.Indicator className="text-bg [&_svg]:size-3">
        <Check aria-hidden="true" strokeWidth={3} className="group-data-[state=indeterminate]:hidden" />
        <Minus aria-hidden="true" strokeWidth={3} className="hidden group-data-[state=indeterminate]:block" />
      </Radix.Indicator>
    </Radix.Root>
  );
}
