import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

export const inputStyle =
  "w-full min-w-0 rounded-md border border-line bg-surface px-2.5 text-sm text-fg shadow-button transition-colors hover:border-faint/60 focus-visible:border-ring focus-visible:outline-offset-0 disabled:opacity-50 aria-invalid:border-fail/70";

export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return <input type={type} className={cn(inputStyle, "h-8 read-only:bg-raised/60", className)} {...props} />;
}
