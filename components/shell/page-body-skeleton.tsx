import { CardsSkeleton } from "./cards-skeleton.tsx";
import { PageBody } from "./page-body.tsx";

/** A page below a head that is there already: its strip and its first cards, on their way. */
export function PageBodySkeleton() {
  return (
    <PageBody>
      <CardsSkeleton />
    </PageBody>
  );
}
