"use client";

import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Tool } from "#lib/contract/index.ts";
import { SchemaView } from "./schema-view.tsx";
import { TryTool } from "./try-tool.tsx";

const HINTS: readonly { name: string; text: string }[] = [
  { name: "readOnlyHint", text: "read-only" },
  { name: "destructiveHint", text: "destructive" },
  { name: "idempotentHint", text: "idempotent" },
  { name: "openWorldHint", text: "reaches outside" },
];

/** One tool: what it says of itself, what it takes and gives, and a form to call it. */
export function ToolDetails({ tool }: { tool: Tool }) {
  const hints = HINTS.filter(({ name }) => tool.annotations?.[name] === true);
  return (
    <div className="grid min-w-0 gap-3.5">
      <Card>
        <div className="grid gap-2 p-4">
          <h2 className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <span className="break-all font-mono font-semibold text-base">{tool.name}</span>
            {tool.title ? <span className="text-muted text-sm">{tool.title}</span> : null}
          </h2>
          {tool.description ? (
            <p className="max-w-prose whitespace-pre-wrap break-words text-sm">{tool.description}</p>
          ) : (
            <p className="text-faint text-sm">The tool has no description. Agents choose tools by it.</p>
          )}
          {hints.length > 0 ? (
            <p
              className="flex flex-wrap gap-1.5"
              title="What the server says of the tool; nobody enforces it"
            >
              {hints.map(({ name, text }) => (
                <Badge key={name}>{text}</Badge>
              ))}
            </p>
          ) : null}
        </div>
        <div className="border-t px-4 pt-1 pb-4">
          <Tabs
            label="Schemas"
            panelClassName="pt-3"
            tabs={[
              {
                id: "input",
                label: "Input",
                panel: <SchemaView label="input schema" schema={tool.inputSchema} />,
              },
              ...(tool.outputSchema
                ? [
                    {
                      id: "output",
                      label: "Output",
                      panel: <SchemaView label="output schema" schema={tool.outputSchema} />,
                    },
                  ]
                : []),
            ]}
          />
        </div>
      </Card>
      <TryTool tool={tool} />
    </div>
  );
}
