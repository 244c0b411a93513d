import type { ReactNode } from "react";
import { Money } from "#components/ui/money.tsx";
import { moneyText } from "#components/ui/money-text.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  NO_NUMBER,
} from "#components/ui/numbers.ts";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";
import type { UsageReport, UsageTotals } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { Change } from "./change.tsx";

/** An error rate from which the number is shown as failing. */
const ERROR_RATE_BAD = 0.02;

/** What a window of use came to, each number with its change. `children`: further tiles. */
export function UsageTiles({
  report,
  children,
}: {
  report: Pick<UsageReport, "totals" | "totalsBefore">;
  children?: ReactNode;
}) {
  const { totals: now, totalsBefore: before } = report;
  const rate = now.calls === 0 ? null : now.errors / now.calls;
  const change = (read: (totals: UsageTotals) => number, text: (value: number) => string, isBad = false) => (
    <Change
      now={read(now)}
      before={before && read(before)}
      was={before ? `was ${text(read(before))}` : ""}
      isBad={isBad}
    />
  );
  return (
    <StatStrip label="Usage" columns={4}>
      <Stat label="Tool calls" detail={change((totals) => totals.calls, formatCount)}>
        {formatCount(now.calls)}
      </Stat>
      <Stat
        label="Errors"
        tone={rate !== null && rate >= ERROR_RATE_BAD ? "fail" : undefined}
        detail={
          <>
            {formatPercent(rate)} {change((totals) => totals.errors, formatCount, true)}
          </>
        }
      >
        {formatCount(now.errors)}
      </Stat>
      <Stat
        label="Runtime errors"
        tone={now.runtimeErrors > 0 ? "fail" : undefined}
        detail={change((totals) => totals.runtimeErrors, formatCount, true)}
      >
        {formatCount(now.runtimeErrors)}
      </Stat>
      <Stat
        label="Latency p50 / p95"
        detail={
          before && before.p95Ms !== null && now.p95Ms !== null
            ? change((totals) => totals.p95Ms ?? 0, formatDuration, true)
            : null
        }
      >
        {now.p95Ms === null ? NO_NUMBER : `${formatDuration(now.p50Ms)} / ${formatDuration(now.p95Ms)}`}
      </Stat>
      <Stat
        label="Response sizes"
        detail={
          <>
            largest {formatBytes(now.responseBytesMax)}{" "}
            {change((totals) => totals.responseBytes, formatBytes)}
          </>
        }
      >
        {formatBytes(now.responseBytes)}
      </Stat>
      <Stat label="Spent" detail={<SpentChange now={now} before={before} />}>
        <Money micros={now.spentMicros} />
      </Stat>
      {children}
    </StatStrip>
  );
}

function SpentChange({ now, before }: { now: UsageTotals; before: UsageTotals | null }) {
  if (before === null) return null;
  const change = microsOf(now.spentMicros) - microsOf(before.spentMicros);
  const was = `was ${moneyText(before.spentMicros)}`;
  return change === 0n ? (
    <span title={was}>no change</span>
  ) : (
    <span title={was}>
      <Money micros={change} sign="always" />
    </span>
  );
}
