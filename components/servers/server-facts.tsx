"use client";

import { Card } from "#components/ui/card.tsx";
import { Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Time } from "#components/ui/time.tsx";
import { AccessNote } from "./access-note.tsx";
import { retentionLabel } from "./retention.ts";
import { useServer } from "./server-context.tsx";
import { ServerStatusPill } from "./server-status-pill.tsx";
import { ServerUrl } from "./server-url.tsx";
import { ViewLogsButton } from "./view-logs-button.tsx";

/** The section "Server Information": what it is, where it answers, and its live logs. */
export function ServerFacts() {
  const server = useServer();
  return (
    <Card title="Server Information" actions={<ViewLogsButton />}>
      <DefinitionList>
        <Definition term="Status">
          <ServerStatusPill status={server.status} />
        </Definition>
        <Definition term="MCP URL">
          <ServerUrl url={server.mcpUrl} />
          <AccessNote server={server} />
        </Definition>
        <Definition term="Transport">Streamable HTTP</Definition>
        <Definition term="Kind">
          {server.kind === "hosted" ? (
            "Hosted here"
          ) : (
            <>
              Connected to <span className="break-all font-mono text-xs">{server.upstreamUrl}</span>
            </>
          )}
        </Definition>
        {server.kind === "hosted" ? (
          <Definition term="Version">
            {server.activeVersion ? (
              <>
                <span className="font-mono text-xs">{server.activeVersion.semver}</span>{" "}
                <span className="text-faint">
                  published <Time value={server.activeVersion.publishedAt} />
                </span>
              </>
            ) : (
              <span className="text-muted">Nothing published yet</span>
            )}
          </Definition>
        ) : null}
        <Definition term="Log retention">{retentionLabel(server.retentionDays)}</Definition>
        <Definition term="Owner">{server.owner ?? <span className="text-muted">unknown</span>}</Definition>
        <Definition term="Created">
          <Time value={server.createdAt} display="date" />
        </Definition>
        {server.description ? <Definition term="Description">{server.description}</Definition> : null}
      </DefinitionList>
    </Card>
  );
}
