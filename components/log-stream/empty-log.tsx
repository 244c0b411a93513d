import { ListFilter, Terminal } from "lucide-react";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import type { ConnectionState } from "#lib/client/log-stream/connection.ts";
import type { OlderState } from "#lib/client/log-stream/viewer-snapshot.ts";
import { LoadOlder } from "./load-older.tsx";
import type { WatchedServer } from "./watched-server.ts";

interface EmptyLogProps {
  connection: ConnectionState;
  isFiltered: boolean;
  organization: string;
  server: WatchedServer;
  onShowAll: () => void;
  older: OlderState;
  onLoadOlder: () => void;
}

/** There is no line to show: connecting, nothing matches the filter, or nothing was written yet. */
export function EmptyLog(props: EmptyLogProps) {
  const { connection, isFiltered, organization, server, onShowAll, older, onLoadOlder } = props;
  if (connection.phase !== "live") {
    return (
      <p role="status" className="flex items-center justify-center gap-2 py-12 text-muted text-sm">
        <Spinner /> Connecting to the log of {server.name}
      </p>
    );
  }
  if (isFiltered) {
    return (
      <EmptyState
        icon={ListFilter}
        title="No line matches the filter"
        action={<Button onClick={onShowAll}>Show all lines</Button>}
      >
        New lines that match appear here as they are written.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Terminal}
      title="Waiting for lines"
      action={
        <>
          <Button asChild>
            <Link href={`/${organization}/servers/${server.slug}/tools`}>Try a tool</Link>
          </Button>
          <LoadOlder older={older} onLoad={onLoadOlder} />
        </>
      }
    >
      Everything that the server writes with <code className="text-fg">console.*</code> appears here within a
      moment. Call a tool, from here or from a terminal:
      <CodeBlock
        label="command"
        code={`mcpstack smoke tools-list ${server.slug}`}
        className="mt-3 text-left"
      />
    </EmptyState>
  );
}
