import { Skeleton } from "#components/ui/skeleton.tsx";

/** The shape of the page while it loads. */
export function UsageSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-3.5">
      <Skeleton className="h-32 w-full rounded-lg" />
      <Skeleton className="h-60 w-full rounded-lg" />
      <Skeleton className="h-64 w-full rounded-lg" />
    </div>
  );
}
