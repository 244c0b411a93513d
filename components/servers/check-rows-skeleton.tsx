import { Skeleton } from "#components/ui/skeleton.tsx";

/** Rows of the same height while they load. */
export function CheckRowsSkeleton({ rows = 3 }: { rows?: number }) {
  return (
    <ul className="divide-y" aria-busy="true">
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((row) => (
        <li key={row} className="flex h-10.5 items-center px-4">
          <Skeleton className="w-2/3" />
        </li>
      ))}
    </ul>
  );
}
