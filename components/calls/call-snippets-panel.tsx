"use client";

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { SnippetCall } from "./call-snippets.ts";
import { curlOf, smokeCommandOf, typescriptOf } from "./call-snippets.ts";

interface CallSnippetsProps {
  call: SnippetCall;
  url: string;
  /** Stands for the credential; null where none is needed. */
  credential: string | null;
  server: string;
}

/** How to make the same call from elsewhere; what is shown is what is copied. */
export function CallSnippets({ call, url, credential, server }: CallSnippetsProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Copy as
        <ChevronDown aria-hidden="true" />
      </Button>
      {isOpen ? (
        <section aria-label="Copy as" className="order-last grid w-full min-w-0 grid-cols-1">
          <Tabs
            label="Copy as"
            panelClassName="grid min-w-0 grid-cols-1 gap-1.5 pt-2"
            tabs={[
              { id: "curl", label: "curl", code: curlOf(call, url, credential) },
              { id: "typescript", label: "TypeScript SDK", code: typescriptOf(call, url, credential) },
              { id: "cli", label: "mcpstack", code: smokeCommandOf(call, server) },
            ].map(({ id, label, code }) => ({
              id,
              label,
              panel: (
                <>
                  <CodeBlock code={code} label={label} className="max-h-80 overflow-auto" />
                  <p className="text-muted text-xs">{hintOf(id, call, credential)}</p>
                </>
              ),
            }))}
          />
        </section>
      ) : null}
    </>
  );
}

function hintOf(id: string, call: SnippetCall, credential: string | null): string {
  const parts = [];
  if (call.tool !== null && call.arguments === null)
    parts.push("The arguments were not recorded: fill them in.");
  if (id !== "cli" && credential !== null) parts.push(`Put the real credential in place of ${credential}.`);
  if (id === "cli") parts.push("Runs with your login, past the gateway, and exits 3 when the call fails.");
  return parts.join(" ");
}
