import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";
import { Input } from "./input.tsx";

/** The longest amount that the books hold, with its separators. */
const CHARACTERS_MAX = 24;

/** An amount in USD as typed, e.g. `12.50`; `microsOfUsd` reads it. */
export function MoneyInput({ className, ...props }: Omit<ComponentProps<"input">, "type">) {
  return (
    <span className={cn("relative grid", className)}>
      <span
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-faint"
      >
        $
      </span>
      <Input
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        maxLength={CHARACTERS_MAX}
        className="pl-6 tabular-nums"
        {...props}
      />
    </span>
  );
}
