"use client";

import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { connectSnippets } from "./connect-snippets.ts";
import { useServer } from "./server-context.tsx";

/** How to connect a real client, to copy. */
export function ConnectCard() {
  const server = useServer();
  return (
    <Card title="Connect">
      <Tabs
        label="Clients"
        listClassName="px-4 pt-1"
        panelClassName="grid grid-cols-1 gap-2 p-4"
        tabs={connectSnippets(server.slug, server.mcpUrl).map((snippet) => ({
          id: snippet.id,
          label: snippet.label,
          panel: (
            <>
              <p className="text-muted text-xs">{snippet.hint}</p>
              <CodeBlock code={snippet.code} label={`${snippet.label} snippet`} />
              {server.status === "active" ? null : (
                <Notice tone="warn">The server is not active, so calls are refused until it is.</Notice>
              )}
            </>
          ),
        }))}
      />
    </Card>
  );
}
