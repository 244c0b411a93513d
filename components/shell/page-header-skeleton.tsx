import { Skeleton } from "#components/ui/skeleton.tsx";

/** The head of a page while the page is on its way. */
export function PageHeaderSkeleton() {
  return (
    <header className="border-b px-4 pt-4 md:px-6">
      <div className="mt-1 mb-3 flex min-h-8 items-center">
        <Skeleton className="h-5 w-40" />
      </div>
    </header>
  );
}
