"use client";

// Which servers may this agent call, which tools does it really get, and why not the others?

import { PageBody } from "#components/shell/page-body.tsx";
import { AttachedServersCard } from "./attached-servers-card.tsx";
import { EffectiveToolsCard } from "./effective-tools-card.tsx";

export function AgentServers() {
  return (
    <PageBody>
      <AttachedServersCard />
      <EffectiveToolsCard />
    </PageBody>
  );
}
