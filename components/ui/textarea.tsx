import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";
import { inputStyle } from "./input.tsx";

export function Textarea({ className, rows = 3, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      rows={rows}
      className={cn(inputStyle, "min-h-16 py-1.5 read-only:bg-raised/60", className)}
      {...props}
    />
  );
}
