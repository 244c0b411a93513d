"use client";

import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Time } from "#components/ui/time.tsx";
import { AccessBadges } from "./access-badges.tsx";
import { useGateway } from "./gateway-context.tsx";
import { limitsText } from "./limits-text.ts";

/** How callers prove who they are, what tokens must look like, and how much one of them may call. */
export function WaysInCard() {
  const { org, gateway, mayWrite } = useGateway();
  const hasOAuth = gateway.access.includes("oauth");
  return (
    <Card
      title="Ways in"
      actions={
        mayWrite ? (
          <Button asChild size="sm" variant="ghost">
            <Link href={`/${org}/gateways/${gateway.id}/settings`}>Change</Link>
          </Button>
        ) : null
      }
    >
      <DefinitionList>
        <Definition term="Open">
          <AccessBadges access={gateway.access} />
        </Definition>
        {hasOAuth ? (
          <>
            <Definition term="Authorization server">
              <Url value={gateway.authorizationServerUrl} name="authorization server URL" />
            </Definition>
            <Definition term="Audience">
              {gateway.resource === null ? (
                <span className="text-muted">the public URL of each server</span>
              ) : (
                <Url value={gateway.resource} name="audience" />
              )}
            </Definition>
            <Definition term="Scopes">
              {gateway.scopes.length === 0 ? (
                <span className="text-muted">none needed</span>
              ) : (
                <span className="font-mono text-xs">{gateway.scopes.join(" ")}</span>
              )}
            </Definition>
            {gateway.clientId === null ? null : (
              <Definition term="Client id">
                <span className="font-mono text-xs">{gateway.clientId}</span>
              </Definition>
            )}
          </>
        ) : null}
        <Definition term="Limits">
          {limitsText(gateway) ?? <span className="text-muted">none</span>}
          {limitsText(gateway) ? (
            <span className="ml-1.5 text-faint text-xs">for one caller on one server</span>
          ) : null}
        </Definition>
        <Definition term="Id">
          <span className="inline-flex max-w-full items-center gap-1 font-mono text-xs">
            <span className="truncate">{gateway.id}</span>
            <CopyButton value={gateway.id} label="Copy gateway id" />
          </span>
        </Definition>
        <Definition term="Created">
          <Time value={gateway.createdAt} display="date" />
          {gateway.createdBy ? <span className="text-muted">{` by ${gateway.createdBy}`}</span> : null}
        </Definition>
      </DefinitionList>
    </Card>
  );
}

function Url({ value, name }: { value: string | null; name: string }) {
  if (value === null) return <span className="text-warn">not set: no token can be checked</span>;
  return (
    <span className="inline-flex max-w-full items-center gap-1 font-mono text-xs">
      <span className="truncate" title={value}>
        {value}
      </span>
      <CopyButton value={value} label={`Copy ${name}`} />
    </span>
  );
}
