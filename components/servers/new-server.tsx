"use client";

// How do I get an MCP server to run here, or to be reached through here?

import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { DeniedState } from "#components/ui/denied-state.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { NewConnectedServerForm } from "./new-connected-server-form.tsx";
import { NewHostedServerForm } from "./new-hosted-server-form.tsx";

const KINDS = ["hosted", "connected"] as const;

export function NewServer({ mcpUrlPrefix }: { mcpUrlPrefix: string }) {
  const { slug: org, can } = useOrganization();
  const [kind, setKind] = useQueryState("kind", parseAsStringLiteral(KINDS).withDefault("hosted"));
  return (
    <>
      <PageHeader crumbs={[{ label: "Servers", href: `/${org}/servers` }]} title="New server" />
      <PageBody narrow>
        {can("servers:write") ? (
          <Card>
            <div className="grid gap-5 p-4 sm:p-5">
              <div className="grid gap-2">
                <SegmentedControl
                  label="Kind of server"
                  value={kind}
                  onChange={(next) => void setKind(next)}
                  className="w-fit"
                  options={[
                    { value: "hosted", label: "Hosted here" },
                    { value: "connected", label: "Connected by URL" },
                  ]}
                />
                <p className="text-muted">
                  {kind === "hosted"
                    ? "You upload JavaScript, and it runs here in its own process, with live console logs."
                    : "It runs elsewhere, and this installation stands in front of it: one URL, every call on record."}
                </p>
              </div>
              {kind === "hosted" ? (
                <NewHostedServerForm mcpUrlPrefix={mcpUrlPrefix} />
              ) : (
                <NewConnectedServerForm mcpUrlPrefix={mcpUrlPrefix} />
              )}
            </div>
          </Card>
        ) : (
          <Card>
            <DeniedState detail="Creating servers needs the role developer or higher. Ask an owner of the organization." />
          </Card>
        )}
      </PageBody>
    </>
  );
}
