import { History } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import type { OlderState } from "#lib/client/log-stream/viewer-snapshot.ts";

/** The way to what was written before the first line shown. */
export function LoadOlder({ older, onLoad }: { older: OlderState; onLoad: () => void }) {
  if (older.state === "none") return null;
  if (older.state === "end") {
    return (
      <p className="rounded-full bg-raised px-3 py-1 font-sans text-faint text-xs">The oldest stored line</p>
    );
  }
  return (
    <div className="flex items-center gap-2 font-sans">
      {older.state === "failed" ? (
        <p role="alert" className="rounded-full bg-surface px-3 py-1 text-fail text-xs shadow-pop">
          {older.message}
        </p>
      ) : null}
      <Button
        size="sm"
        onClick={onLoad}
        pending={older.state === "loading"}
        className="rounded-full shadow-pop"
      >
        <History aria-hidden="true" />
        {older.state === "failed" ? "Try again" : "Load older lines"}
      </Button>
    </div>
  );
}
