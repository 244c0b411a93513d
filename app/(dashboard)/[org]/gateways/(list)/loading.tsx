import { GatewayTableSkeleton } from "#components/gateways/gateway-table.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeaderSkeleton } from "#components/shell/page-header-skeleton.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <>
      <PageHeaderSkeleton />
      <PageBody>
        <Skeleton className="h-8 w-full max-w-xs" />
        <Card>
          <GatewayTableSkeleton />
        </Card>
      </PageBody>
    </>
  );
}
