"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { formatBytes, formatCount } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { LogStorage as Storage } from "#lib/contract/index.ts";

const LABEL: Record<Storage["logs"][number]["log"], string> = {
  requests: "Requests",
  console: "Console lines",
  upstream: "Upstream calls",
  bodies: "Recorded messages",
};

/** What the logs of a server take in the database. */
export function LogStorage({ storage }: { storage: UseQueryResult<Storage> }) {
  if (storage.data === undefined)
    return storage.isError ? (
      <p className="text-muted text-xs">What the logs take could not be found out.</p>
    ) : (
      <Skeleton className="w-1/2" />
    );
  const used = storage.data.logs.filter(({ rows }) => rows > 0);
  if (used.length === 0) return <p className="text-muted text-xs">Nothing is stored of this server now.</p>;
  const total = used.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <div className="grid max-w-xl gap-1 text-xs">
      <p className="text-muted">
        About <span className="font-medium text-fg">{formatBytes(total)}</span> in the database
      </p>
      <dl className="divide-y rounded-md border">
        {used.map(({ log, rows, bytes, oldest }) => (
          <div key={log} className="flex flex-wrap gap-x-3 px-2.5 py-1.5 tabular-nums">
            <dt className="w-32">{LABEL[log]}</dt>
            <dd className="flex flex-1 flex-wrap gap-x-3 text-muted">
              <span>{formatCount(rows)} rows</span>
              <span>≈ {formatBytes(bytes)}</span>
              {oldest ? (
                <span className="ml-auto">
                  since <Time value={oldest} display="date" />
                </span>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
