import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { ReachReport } from "#lib/contract/reach.ts";

const DOORS = [
  { door: "gateway", label: "Through the gateway" },
  { door: "direct", label: "Direct" },
] as const;

/** The URLs that a client must be set to; a call to any other one never arrives. */
export function WhereToGo({ urls }: { urls: ReachReport["urls"] }) {
  const open = DOORS.flatMap(({ door, label }) => {
    const url = urls[door];
    return url === null ? [] : [{ label, url }];
  });
  return (
    <Card title="Where a client must go">
      {open.length === 0 ? (
        <p className="px-4 py-3 text-muted">No URL of this server answers callers now.</p>
      ) : (
        <dl className="divide-y">
          {open.map(({ label, url }) => (
            <div
              key={label}
              className="grid items-center gap-x-4 px-4 py-2 sm:grid-cols-[10rem_minmax(0,1fr)]"
            >
              <dt className="text-muted">{label}</dt>
              <dd className="flex min-w-0 items-center gap-2">
                <code className="min-w-0 break-all text-xs">{url}</code>
                <CopyButton value={url} label={`Copy URL: ${label.toLowerCase()}`} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
