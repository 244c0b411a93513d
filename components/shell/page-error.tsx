"use client";

import { ErrorState } from "#components/ui/error-state.tsx";

/** A page that could not be drawn at all. The digest finds the cause in the server's log. */
export function PageError({ digest, onRetry }: { digest: string | undefined; onRetry: () => void }) {
  return (
    <div className="grid min-h-[60dvh] place-items-center">
      <ErrorState
        title="This page could not be shown"
        detail="Something went wrong on our side. Other pages and all MCP traffic are not affected."
        requestId={digest}
        onRetry={onRetry}
      />
    </div>
  );
}
