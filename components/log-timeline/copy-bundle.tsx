"use client";

import { useQuery } from "@tanstack/react-query";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { TimelineSubject } from "#lib/client/queries/calls.ts";
import { toolsQuery } from "#lib/client/queries/servers.ts";
import type { LogTimeline } from "#lib/contract/index.ts";
import { bundleText, incidentBundle } from "./incident-bundle.ts";

/** Copies what somebody who is asked for help needs to know: as text for a ticket, as JSON for a tool. */
export function CopyBundle({ subject, timeline }: { subject: TimelineSubject; timeline: LogTimeline }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const tools = useQuery(toolsQuery(org, server.slug));
  const bundle = () =>
    incidentBundle({
      server,
      subject,
      timeline,
      tools: tools.data,
      link: window.location.href,
      nowMs: Date.now(),
    });
  return (
    <>
      <CopyButton value={() => bundleText(bundle())} label="Copy as incident bundle">
        Copy incident bundle
      </CopyButton>
      <CopyButton value={() => JSON.stringify(bundle(), null, 2)} label="Copy incident bundle as JSON">
        JSON
      </CopyButton>
    </>
  );
}
