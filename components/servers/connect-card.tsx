"use client";

import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { connectSnippets } from "./connect-snippets.ts";
import { useServer } from "./server-context.tsx";

/** How to connect a real client, to copy. */
export function ConnectCard() {
  const server = useServer();
  const snippets = connectSnippets(server.slug, server.mcpUrl);
  return (
    <Card title="Connect">
      <Tabs defaultValue={snippets[0]?.id ?? ""}>
        <TabsList className="px-4 pt-1">
          {snippets.map((snippet) => (
            <TabsTrigger key={snippet.id} value={snippet.id}>
              {snippet.label}
            </TabsTrigger>
          ))}
        </TabsList>
        {snippets.map((snippet) => (
          <TabsContent key={snippet.id} value={snippet.id} className="grid grid-cols-1 gap-2 p-4">
            <p className="text-muted text-xs">{snippet.hint}</p>
            <CodeBlock code={snippet.code} label={`${snippet.label} snippet`} />
            {server.status === "active" ? null : (
              <Notice tone="warn">The server is not active, so calls are refused until it is.</Notice>
            )}
          </TabsContent>
        ))}
      </Tabs>
    </Card>
  );
}
