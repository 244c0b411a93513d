// What is this agent, does it call, and how does its code connect?

import { PageBody } from "#components/shell/page-body.tsx";
import { AboutCard } from "./about-card.tsx";
import { AgentActivity } from "./agent-activity.tsx";
import { AgentConnectCard } from "./agent-connect-card.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { PausedNotice } from "./paused-notice.tsx";

export function AgentOverview() {
  return (
    <PageBody>
      <PausedNotice />
      <AgentActivity />
      <div className="grid items-start gap-3.5 xl:grid-cols-[minmax(0,1fr)_minmax(0,1.35fr)]">
        <div className="grid min-w-0 gap-3.5">
          <FirstSteps />
          <AboutCard />
        </div>
        <AgentConnectCard />
      </div>
    </PageBody>
  );
}
