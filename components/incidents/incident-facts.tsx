"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { Time } from "#components/ui/time.tsx";
import { useIncident } from "./incident-context.tsx";
import { OwnerPicker, SeverityPicker } from "./incident-people.tsx";

/** What it is about, when it was, and who has it: with the ways there. */
export function IncidentFacts() {
  const { org, incident } = useIncident();
  const { server, agent, tool, client, requestId, window } = incident;
  return (
    <dl className="mb-2.5 flex flex-wrap items-center gap-x-4 gap-y-1.5 text-xs">
      {server ? (
        <Fact term="Server">
          <FactLink href={`/${org}/servers/${server.slug}`}>{server.name}</FactLink>
        </Fact>
      ) : null}
      {agent ? (
        <Fact term="Agent">
          <FactLink href={`/${org}/agents/${agent.id}`}>{agent.name}</FactLink>
        </Fact>
      ) : null}
      {tool ? (
        <Fact term="Tool">
          <span className="font-mono">{tool}</span>
        </Fact>
      ) : null}
      {client ? <Fact term="Client">{client}</Fact> : null}
      {requestId ? (
        <Fact term="Call">
          {server ? (
            <FactLink href={`/${org}/servers/${server.slug}/logs?request=${encodeURIComponent(requestId)}`}>
              {requestId}
            </FactLink>
          ) : (
            requestId
          )}
        </Fact>
      ) : null}
      <Fact term="Window">
        <Time value={window.from} display="short" /> – <Time value={window.to} display="short" />
      </Fact>
      <Fact term="Opened">
        <Time value={incident.openedAt} /> by {incident.openedBy}
      </Fact>
      <Fact term="Severity">
        <SeverityPicker />
      </Fact>
      <Fact term="Owner">
        <OwnerPicker />
      </Fact>
    </dl>
  );
}

const Fact = ({ term, children }: { term: string; children: ReactNode }) => (
  <div className="flex min-w-0 max-w-full items-center gap-1.5">
    <dt className="shrink-0 text-faint">{term}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </div>
);

const FactLink = ({ href, children }: { href: string; children: ReactNode }) => (
  <Link href={href} className="break-all rounded-sm text-accent hover:underline">
    {children}
  </Link>
);
