import { Skeleton } from "#components/ui/skeleton.tsx";

/** A page's head and its first boxes while the page is on its way. */
export function PageSkeleton() {
  return (
    <div aria-busy="true" role="status">
      <span className="sr-only">Loading</span>
      <header className="border-b px-4 pt-4 md:px-6">
        <div className="mt-1 mb-3 flex min-h-8 items-center">
          <Skeleton className="h-5 w-40" />
        </div>
      </header>
      <div className="grid gap-3.5 px-4 py-4 md:px-6 md:py-4.5">
        <Skeleton className="h-16 w-full rounded-lg" />
        <Skeleton className="h-64 w-full rounded-lg" />
      </div>
    </div>
  );
}
