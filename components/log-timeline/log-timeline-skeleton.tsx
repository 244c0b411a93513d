import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

const ROWS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/** The shape of the page while it loads. */
export function LogTimelineSkeleton() {
  return (
    <Card aria-busy="true">
      <div className="border-b px-3 py-2.5">
        <Skeleton className="w-40" />
      </div>
      <div className="grid gap-px">
        <Skeleton className="h-38 w-full rounded-none" />
      </div>
      <div className="grid gap-3 border-t p-3">
        {ROWS.map((row) => (
          <Skeleton key={row} className="w-full" />
        ))}
      </div>
    </Card>
  );
}
