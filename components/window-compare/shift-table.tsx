import Link from "next/link";
import { cn } from "#components/ui/class-names.ts";
import { formatCount, formatPercent } from "#components/ui/numbers.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { Shift } from "#lib/contract/comparisons.ts";
import { DIMENSION_WORDS, errorRate, pointsText, pText } from "./compare-words.ts";

interface ShiftTableProps {
  shifts: readonly Shift[];
  /** Where the calls of a shift are; null where they have no place. */
  hrefOf: (shift: Shift) => string | null;
}

/** What moved against the earlier window, the largest shift first. */
export function ShiftTable({ shifts, hrefOf }: ShiftTableProps) {
  return (
    <Table label="Shifts">
      <TableHead>
        <TableRow>
          <TableHeader>What moved</TableHeader>
          <TableHeader numeric>Calls before</TableHeader>
          <TableHeader numeric>Calls now</TableHeader>
          <TableHeader>Share of all calls</TableHeader>
          <TableHeader numeric>Failed</TableHeader>
          <TableHeader numeric>
            <abbr
              title="How likely such a difference is by accident, by a G-test of the counts. Small is surprising."
              className="no-underline"
            >
              p
            </abbr>
          </TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {shifts.map((shift) => (
          <ShiftRow key={`${shift.dimension} ${shift.key}`} shift={shift} href={hrefOf(shift)} />
        ))}
      </TableBody>
    </Table>
  );
}

function ShiftRow({ shift, href }: { shift: Shift; href: string | null }) {
  const { now, before } = shift;
  const label = shift.label === "" ? "not named" : withSigns(shift.label);
  return (
    <TableRow className="relative focus-within:bg-raised/60 hover:bg-raised/60">
      <TableCell className="h-12 min-w-40 max-w-80 whitespace-normal">
        <span className="block text-faint text-xs">
          {DIMENSION_WORDS[shift.dimension] ?? shift.dimension}
        </span>
        {href === null ? (
          <span className="break-words font-medium">{label}</span>
        ) : (
          <Link
            data-row
            href={href}
            prefetch={false}
            className="break-words rounded-sm font-medium after:absolute after:inset-0"
          >
            {label}
          </Link>
        )}
      </TableCell>
      <TableCell numeric className="text-muted">
        {formatCount(before.calls)}
      </TableCell>
      <TableCell numeric>{formatCount(now.calls)}</TableCell>
      <TableCell>
        <span className="flex items-center gap-2.5">
          <ShareBars now={now.share} before={before.share} />
          <span className="grid leading-4">
            <span className="font-medium">{pointsText(shift.shareChange)}</span>
            <span className="text-muted text-xs">
              {formatPercent(before.share)} → {formatPercent(now.share)}
            </span>
          </span>
        </span>
      </TableCell>
      <TableCell numeric>
        <ErrorChange shift={shift} />
      </TableCell>
      <TableCell numeric className="text-muted text-xs">
        {pText(shift.pValue)}
      </TableCell>
    </TableRow>
  );
}

function ErrorChange({ shift: { now, before, errorRateChange } }: { shift: Shift }) {
  if (errorRateChange === null) return <span className="text-faint text-xs">too few calls to say</span>;
  return (
    <span className="grid leading-4">
      <span className={cn(errorRateChange > 0 && "font-medium text-fail")}>
        {pointsText(errorRateChange)}
      </span>
      <span className="text-muted text-xs">
        {formatPercent(errorRate(before))} → {formatPercent(errorRate(now))}
      </span>
    </span>
  );
}

/** The share before above the share now; the words beside it say the same. */
function ShareBars({ now, before }: { now: number; before: number }) {
  return (
    <span aria-hidden="true" className="hidden w-24 gap-0.5 sm:grid">
      <Bar share={before} className="bg-faint/60" />
      <Bar share={now} className="bg-accent" />
    </span>
  );
}

const Bar = ({ share, className }: { share: number; className: string }) => (
  <span className="block h-1.5 overflow-hidden rounded-xs bg-raised">
    <span className={cn("block h-full min-w-px", className)} style={{ width: `${share * 100}%` }} />
  </span>
);
