import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { isComingBack } from "#lib/client/log-stream/connection.ts";
import type { SourceSnapshot } from "#lib/client/log-stream/viewer-snapshot.ts";
import { sourceColour } from "./source-colours.ts";
import type { WatchedServer } from "./watched-server.ts";

interface SourceStripProps {
  servers: readonly WatchedServer[];
  sources: readonly SourceSnapshot[];
  onConnect: (source: number) => void;
}

/** The servers watched together: which colour each has, and how its connection fares. */
export function SourceStrip({ servers, sources, onConnect }: SourceStripProps) {
  return (
    <ul
      aria-label="Servers in this view"
      className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b bg-surface px-3 py-1.5 text-xs"
    >
      {servers.map((server, index) => {
        const source = sources[index];
        return source === undefined ? null : (
          <li key={server.id} className="flex min-w-0 items-center gap-1.5">
            <span aria-hidden="true" className={cn("size-2 shrink-0 rounded-full", sourceColour(index))} />
            <span className="truncate font-medium">{server.name}</span>
            <SourceState source={source} onConnect={() => onConnect(index)} />
          </li>
        );
      })}
    </ul>
  );
}

function SourceState({ source, onConnect }: { source: SourceSnapshot; onConnect: () => void }) {
  const { connection, viewers, viewersMax, dropped } = source;
  if (connection.phase === "refused") {
    const { message, holders, placeIsFree } = connection;
    const names = holders.map(({ name }) => name).join(", ");
    return (
      <>
        <span
          className="min-w-0 truncate text-warn"
          title={names ? `${message} Watching: ${names}` : message}
        >
          {placeIsFree ? "A place is free now." : message}
        </span>
        <Button size="sm" variant="ghost" onClick={onConnect}>
          {connection.reason === "idle" ? "Resume" : "Try again"}
        </Button>
      </>
    );
  }
  if (isComingBack(connection)) return <span className="text-warn">reconnecting</span>;
  if (connection.phase !== "live") return <span className="text-faint">connecting</span>;
  return (
    <span className="text-faint tabular-nums">
      viewers {viewers ?? "–"}/{viewersMax}
      {dropped > 0 ? <span className="text-warn"> · dropped {formatCount(dropped)}</span> : null}
    </span>
  );
}
