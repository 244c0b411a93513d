import { Skeleton } from "#components/ui/skeleton.tsx";

/** The first boxes of a page while they are on their way. */
export function CardsSkeleton() {
  return (
    <div role="status" className="grid gap-3.5">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-16 w-full rounded-lg" />
      <Skeleton className="h-72 w-full rounded-lg" />
    </div>
  );
}
