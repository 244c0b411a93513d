import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeaderSkeleton } from "#components/shell/page-header-skeleton.tsx";
import { UsageSkeleton } from "#components/usage/usage-skeleton.tsx";

export default function Loading() {
  return (
    <>
      <PageHeaderSkeleton />
      <PageBody>
        <UsageSkeleton />
      </PageBody>
    </>
  );
}
