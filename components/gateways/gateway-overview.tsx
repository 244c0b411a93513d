// Where is this gateway, how does one get in, and is anybody being turned away?

import { PageBody } from "#components/shell/page-body.tsx";
import { DenialsCard } from "./denials-card.tsx";
import { GatewayActivity } from "./gateway-activity.tsx";
import { GatewayConnectCard } from "./gateway-connect-card.tsx";
import { PublicUrlsCard } from "./public-urls-card.tsx";
import { WaysInCard } from "./ways-in-card.tsx";

export function GatewayOverview() {
  return (
    <PageBody>
      <GatewayActivity />
      <div className="grid items-start gap-3.5 xl:grid-cols-[minmax(0,1fr)_minmax(0,1.15fr)]">
        <div className="grid min-w-0 gap-3.5">
          <PublicUrlsCard />
          <WaysInCard />
        </div>
        <div className="grid min-w-0 gap-3.5">
          <DenialsCard />
          <GatewayConnectCard />
        </div>
      </div>
    </PageBody>
  );
}
