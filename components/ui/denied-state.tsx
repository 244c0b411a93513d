import { Lock } from "lucide-react";
import { cn } from "./class-names.ts";

/** You may know that it exists, but your role does not reach it. */
export function DeniedState({ detail, className }: { detail: string; className?: string }) {
  return (
    <div className={cn("grid justify-items-center gap-1 px-6 py-10 text-center", className)}>
      <span className="mb-2 grid size-9 place-items-center rounded-lg border bg-raised/60">
        <Lock aria-hidden="true" className="size-4 text-muted" />
      </span>
      <p className="font-medium text-sm">Your role does not allow this</p>
      <p className="max-w-md text-balance text-muted text-sm">{detail}</p>
    </div>
  );
}
