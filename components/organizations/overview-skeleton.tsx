import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";

const LABELS = ["Servers", "Failing", "Calls", "Failed", "p95"];

/** The overview's shape while it loads. */
export function OverviewSkeleton() {
  return (
    <div className="grid gap-3.5" aria-busy="true">
      <StatStrip label="The overview is loading">
        {LABELS.map((label) => (
          <Stat key={label} label={label}>
            <Skeleton className="h-4.5 w-16" />
          </Stat>
        ))}
      </StatStrip>
      <Card title="Calls per hour">
        <div className="h-49 p-4">
          <Skeleton className="h-full w-full" />
        </div>
      </Card>
      <div className="grid gap-3.5 lg:grid-cols-[1.25fr_1fr]">
        <Card title="Recent operations">
          <div className="grid gap-3 p-4">
            <Skeleton className="w-3/4" />
            <Skeleton className="w-2/3" />
            <Skeleton className="w-3/4" />
          </div>
        </Card>
        <Card title="Failing servers">
          <div className="grid gap-3 p-4">
            <Skeleton className="w-2/3" />
            <Skeleton className="w-1/2" />
          </div>
        </Card>
      </div>
    </div>
  );
}
