"use client";

import { connectSnippets } from "#components/servers/connect-snippets.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Tabs } from "#components/ui/tabs.tsx";

interface ConnectTabsProps {
  name: string;
  url: string;
  credential: string | null;
}

/** One snippet per client. */
export function ConnectTabs({ name, url, credential }: ConnectTabsProps) {
  return (
    <Tabs
      label="Clients"
      listClassName="px-4 pt-1"
      panelClassName="grid grid-cols-1 gap-2 p-4"
      tabs={connectSnippets(name, url, credential).map((snippet) => ({
        id: snippet.id,
        label: snippet.label,
        panel: (
          <>
            <p className="text-muted text-xs">{snippet.hint}</p>
            <CodeBlock code={snippet.code} label={`${snippet.label} snippet`} />
          </>
        ),
      }))}
    />
  );
}
