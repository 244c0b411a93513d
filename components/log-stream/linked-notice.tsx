import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { LinkedState } from "#lib/client/log-stream/viewer-snapshot.ts";

interface LinkedNoticeProps {
  linked: LinkedState;
  retentionDays: number;
  onGoLive: () => void;
}

/** What became of the link to a line that the page was opened with, and the way to the live log. */
export function LinkedNotice({ linked, retentionDays, onGoLive }: LinkedNoticeProps) {
  return (
    <Notice
      tone={linked.state === "shown" || linked.state === "loading" ? "info" : "warn"}
      className="items-center rounded-none border-x-0 border-t-0"
      action={
        <Button size="sm" onClick={onGoLive}>
          Go live
        </Button>
      }
    >
      {textOf(linked, retentionDays)}
    </Notice>
  );
}

function textOf({ state, place, message }: LinkedState, retentionDays: number): string {
  const line = `Line ${place.seq.toLocaleString("en-US")}`;
  switch (state) {
    case "loading":
      return `Looking for ${line.toLowerCase()}.`;
    case "shown":
      return `${line}, as linked. The log stands still here.`;
    case "failed":
      return `${line} cannot be looked up. ${message ?? ""}`;
    case "missing":
      return retentionDays === 0
        ? `${line} is gone: this server's lines are not stored.`
        : `${line} is not stored, or not any more: lines are kept ${retentionDays === 1 ? "1 day" : `${retentionDays} days`}.`;
  }
}
