"use client";

import { Check, Circle } from "lucide-react";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { useAgent } from "./agent-context.tsx";

/** What is still missing before the agent can call anything. Nothing once it has a server and a key. */
export function FirstSteps() {
  const { org, agent, mayWrite } = useAgent();
  if (agent.serverCount > 0 && agent.keyCount > 0) return null;
  const base = `/${org}/agents/${agent.id}`;
  const steps = [
    {
      isDone: agent.serverCount > 0,
      text: "Attach a server that it may call",
      href: `${base}/servers?attach=true`,
      action: "Attach a server",
    },
    {
      isDone: agent.keyCount > 0,
      text: "Make a key that it presents",
      href: `${base}/keys?new=true`,
      action: "Make a key",
    },
  ];
  return (
    <Card title="Before its first call">
      <ol className="divide-y">
        {steps.map(({ isDone, text, href, action }) => (
          <li key={href} className="flex min-h-11 flex-wrap items-center gap-2.5 px-4 py-1.5">
            {isDone ? (
              <Check aria-label="Done:" className="size-4 text-ok" />
            ) : (
              <Circle aria-label="To do:" className="size-4 text-faint" />
            )}
            <span className={isDone ? "text-muted" : undefined}>{text}</span>
            {isDone || !mayWrite ? null : (
              <Button asChild size="sm" className="ml-auto">
                <Link href={href}>{action}</Link>
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
