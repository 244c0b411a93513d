import { IncidentTableSkeleton } from "#components/incidents/incident-table-skeleton.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeaderSkeleton } from "#components/shell/page-header-skeleton.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <>
      <PageHeaderSkeleton />
      <PageBody>
        <Skeleton className="h-8 w-48" />
        <Card>
          <IncidentTableSkeleton />
        </Card>
      </PageBody>
    </>
  );
}
