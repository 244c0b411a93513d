import { OverviewSkeleton } from "#components/organizations/overview-skeleton.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeaderSkeleton } from "#components/shell/page-header-skeleton.tsx";

export default function Loading() {
  return (
    <>
      <PageHeaderSkeleton />
      <PageBody>
        <OverviewSkeleton />
      </PageBody>
    </>
  );
}
