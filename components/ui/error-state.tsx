"use client";

import { CircleX, RotateCw } from "lucide-react";
import { Button } from "./button.tsx";
import { cn } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";

interface ErrorStateProps {
  title?: string;
  /** What happened and what to do, in the server's own words. */
  detail: string;
  /** Finds the failure in the logs. */
  requestId?: string | null | undefined;
  onRetry?: (() => void) | undefined;
  retrying?: boolean;
  className?: string;
}

/** Something failed: what, the request id, and a way to try again. */
export function ErrorState({
  title = "This could not be loaded",
  detail,
  requestId,
  onRetry,
  retrying = false,
  className,
}: ErrorStateProps) {
  return (
    <div role="alert" className={cn("grid justify-items-center gap-1 px-6 py-10 text-center", className)}>
      <span className="mb-2 grid size-9 place-items-center rounded-lg border border-fail/35 bg-fail/8">
        <CircleX aria-hidden="true" className="size-4 text-fail" />
      </span>
      <p className="font-medium text-sm">{title}</p>
      <p className="max-w-lg text-balance break-words text-muted text-sm">{detail}</p>
      {requestId ? (
        <p className="mt-1 flex items-center gap-1 text-faint text-xs">
          Request id <code className="break-all text-muted">{requestId}</code>
          <CopyButton value={requestId} label="Copy request id" />
        </p>
      ) : null}
      {onRetry ? (
        <Button className="mt-2" onClick={onRetry} pending={retrying}>
          {retrying ? null : <RotateCw aria-hidden="true" />}
          Try again
        </Button>
      ) : null}
    </div>
  );
}
