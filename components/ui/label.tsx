import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

/** The name of a control; `htmlFor` says which. */
export function Label({ className, ...props }: ComponentProps<"label"> & { htmlFor: string }) {
  // biome-ignore lint/a11y/noLabelWithoutControl: `htmlFor` is required by the type
  return <label className={cn("font-medium text-fg text-sm", className)} {...props} />;
}
