// What is this server, does it work, and how does a client connect to it?

import { PageBody } from "#components/shell/page-body.tsx";
import { ActivityStrip } from "./activity-strip.tsx";
import { ChecksCard } from "./checks-card.tsx";
import { ConnectCard } from "./connect-card.tsx";
import { ServerFacts } from "./server-facts.tsx";
import { ToolsCard } from "./tools-card.tsx";

const CHECKS_SHOWN_MAX = 5;

export function ServerOverview() {
  return (
    <PageBody>
      <ActivityStrip />
      <div className="grid items-start gap-3.5 xl:grid-cols-[minmax(0,1fr)_minmax(0,1.15fr)]">
        <div className="grid min-w-0 gap-3.5">
          <ServerFacts />
          <ChecksCard rowsMax={CHECKS_SHOWN_MAX} />
        </div>
        <div className="grid min-w-0 gap-3.5">
          <ConnectCard />
          <ToolsCard />
        </div>
      </div>
    </PageBody>
  );
}
