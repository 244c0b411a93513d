import Link from "next/link";
import { lookOfOutcome } from "#components/requests/outcomes.ts";
import { cn } from "#components/ui/class-names.ts";
import { Money } from "#components/ui/money.tsx";
import { formatBytes, formatCount, formatDuration } from "#components/ui/numbers.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { UsageDimension, UsageGroup, UsageReport } from "#lib/contract/index.ts";
import { usageRowHref } from "./usage-href.ts";

interface UsageTableProps {
  org: string;
  report: Pick<UsageReport, "by" | "window" | "groups" | "totals" | "compared">;
  /** What the report is narrowed by; the links keep it. */
  filters?: Readonly<Partial<Record<UsageDimension, string>>>;
}

/** Who contributed how much, biggest change first; each row leads to its calls. */
export function UsageTable({ org, report, filters = {} }: UsageTableProps) {
  const { by, groups, compared } = report;
  const most = groups.reduce((highest, group) => Math.max(highest, Math.abs(group.callsChange ?? 0)), 0);
  return (
    <Table label={`Usage by ${by}`}>
      <TableHead>
        <TableRow>
          <TableHeader className="capitalize">{by}</TableHeader>
          <TableHeader numeric>Calls</TableHeader>
          {compared ? <TableHeader className="sm:min-w-36">Change</TableHeader> : null}
          <TableHeader numeric>Errors</TableHeader>
          <TableHeader numeric>p50</TableHeader>
          <TableHeader numeric>p95</TableHeader>
          <TableHeader numeric>Responses</TableHeader>
          <TableHeader numeric>Spent</TableHeader>
          {compared ? <TableHeader numeric>Change</TableHeader> : null}
        </TableRow>
      </TableHead>
      <TableBody>
        {groups.map((group) => (
          <TableRow key={group.key} className="relative hover:bg-raised/60">
            <TableCell className="max-w-36 truncate sm:max-w-72">
              <Name group={group} by={by} href={usageRowHref(org, report, group, filters)} />
            </TableCell>
            <TableCell numeric>{formatCount(group.now.calls)}</TableCell>
            {compared ? (
              <TableCell>
                <ChangeBar change={group.callsChange ?? 0} most={most} />
              </TableCell>
            ) : null}
            <TableCell numeric className={group.now.errors > 0 ? "text-fail" : "text-faint"}>
              {formatCount(group.now.errors)}
            </TableCell>
            <TableCell numeric className="text-muted">
              {formatDuration(group.now.p50Ms)}
            </TableCell>
            <TableCell numeric className="text-muted">
              {formatDuration(group.now.p95Ms)}
            </TableCell>
            <TableCell numeric className="text-muted">
              {formatBytes(group.now.responseBytes)}
            </TableCell>
            <TableCell numeric>
              <Money micros={group.now.spentMicros} />
            </TableCell>
            {compared ? (
              <TableCell numeric className="text-muted">
                {group.spentChangeMicros === null || group.spentChangeMicros === "0" ? (
                  <span className="text-faint">–</span>
                ) : (
                  <Money micros={group.spentChangeMicros} sign="always" />
                )}
              </TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Name({ group, by, href }: { group: UsageGroup; by: UsageDimension; href: string | null }) {
  const isNamed = group.key !== "" && group.label !== "All others";
  const name = by === "outcome" && isNamed ? lookOfOutcome(group.key).label : withSigns(group.label);
  if (href === null)
    return (
      <span title={name} className={isNamed ? undefined : "text-muted italic"}>
        {name}
      </span>
    );
  return (
    <Link
      href={href}
      title={name}
      className={cn(
        "rounded-sm font-medium after:absolute after:inset-0",
        !isNamed && "text-muted italic",
        by === "tool" && isNamed && "font-mono text-xs",
      )}
    >
      {name}
    </Link>
  );
}

/** How much less (to the left) or more (to the right), beside the number. */
function ChangeBar({ change, most }: { change: number; most: number }) {
  const share = most === 0 ? 0 : (Math.abs(change) / most) * 100;
  return (
    <span className="flex items-center gap-2">
      <span
        aria-hidden="true"
        className="grid h-1.5 w-20 shrink-0 grid-cols-2 rounded-full bg-raised max-sm:hidden"
      >
        <span className="flex justify-end">
          {change < 0 ? <span className="rounded-l-full bg-faint" style={{ width: `${share}%` }} /> : null}
        </span>
        <span className="flex border-l">
          {change > 0 ? <span className="rounded-r-full bg-accent" style={{ width: `${share}%` }} /> : null}
        </span>
      </span>
      <span className={cn("tabular-nums", change === 0 && "text-faint")}>
        {change > 0 ? "+" : change < 0 ? "\u2212" : ""}
        {formatCount(Math.abs(change))}
      </span>
    </span>
  );
}
