import { Skeleton } from "#components/ui/skeleton.tsx";

/** The histogram's shape while it loads: its caption and its ground line. */
export function HistogramSkeleton() {
  return (
    <div className="flex h-full flex-col justify-between px-4 pt-2 pb-7" aria-busy="true">
      <Skeleton className="w-56" />
      <span className="border-b" />
    </div>
  );
}
