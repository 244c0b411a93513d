"use client";

import { Tabs as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

/** Panels that take turns in one place. Tabs that are pages of their own are links: see TabLinks of the shell. */
export const Tabs = Radix.Root;

export const tabListStyle = "no-scrollbar flex gap-4.5 overflow-x-auto border-b";
export const tabStyle =
  "-mb-px shrink-0 border-transparent border-b-2 pt-1.5 pb-2 text-muted text-sm transition-colors hover:text-fg focus-visible:rounded-sm focus-visible:-outline-offset-2 aria-[current=page]:border-fg aria-[current=page]:font-medium aria-[current=page]:text-fg data-[state=active]:border-fg data-[state=active]:font-medium data-[state=active]:text-fg";

export function TabsList({ className, ...props }: ComponentProps<typeof Radix.List>) {
  return <Radix.List className={cn(tabListStyle, className)} {...props} />;
}
export function TabsTrigger({ className, ...props }: ComponentProps<typeof Radix.Trigger>) {
  return <Radix.Trigger className={cn(tabStyle, className)} {...props} />;
}
export function TabsContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return <Radix.Content className={cn("outline-none", className)} {...props} />;
}
