"use client";

/**
 * A page that could not be drawn at all. The digest finds the cause in the server's log. It stands on its own feet,
 * without the shared primitives: it is part of every page's first load, and must work when those do not.
 */
export function PageError({ digest, onRetry }: { digest: string | undefined; onRetry: () => void }) {
  return (
    <div
      role="alert"
      className="grid min-h-[60dvh] place-content-center justify-items-center gap-1 px-6 text-center"
    >
      <h1 className="font-medium">This page could not be shown</h1>
      <p className="max-w-md text-balance text-muted">
        Something went wrong on our side. Other pages and all MCP traffic are not affected.
      </p>
      {digest ? (
        <p className="mt-1 text-faint text-xs">
          Error id <code className="select-all text-muted">{digest}</code>
        </p>
      ) : null}
      <button
        type="button"
        onClick={onRetry}
        className="mt-3 h-8 rounded-md border border-line bg-surface px-3 font-medium shadow-button hover:bg-raised"
      >
        Try again
      </button>
    </div>
  );
}
