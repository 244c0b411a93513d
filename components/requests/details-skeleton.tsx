import { Skeleton } from "#components/ui/skeleton.tsx";

const FACTS = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** The details of a request while they are on their way. */
export function DetailsSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-4">
      <Skeleton className="h-6 w-56" />
      <div className="grid gap-2.5 sm:grid-cols-2">
        {FACTS.map((fact) => (
          <Skeleton key={fact} className="w-48" />
        ))}
      </div>
      <Skeleton className="h-24 w-full" />
    </div>
  );
}
