import { Money } from "#components/ui/money.tsx";
import { Stat, StatStrip } from "#components/ui/stat-strip.tsx";
import { Time } from "#components/ui/time.tsx";
import type { CreditSummary } from "#lib/contract/index.ts";
import { runwayText } from "./runway-text.ts";

/** What may be spent, for how long, and where the month stands. */
export function CreditStats({ summary }: { summary: CreditSummary }) {
  const { availableMicros, balanceMicros, heldMicros, debtMicros, month, spent24hMicros, runway } = summary;
  return (
    <div className="grid gap-2">
      <StatStrip label="Credits">
        <Stat
          label="Credit balance"
          tone={availableMicros === "0" ? "fail" : undefined}
          detail={
            <>
              {runwayText(runway)}
              {heldMicros === "0" ? null : (
                <>
                  {" · "}
                  <Money micros={heldMicros} /> of it set aside for calls that run
                </>
              )}
            </>
          }
        >
          <Money micros={balanceMicros} />
        </Stat>
        {debtMicros === "0" ? null : (
          <Stat label="Owed" tone="fail" detail="paid first from what comes in">
            <Money micros={debtMicros} />
          </Stat>
        )}
        <Stat label="Spent, last 24 h">
          <Money micros={spent24hMicros} />
        </Stat>
        <Stat label="Spent this month" detail="UTC">
          <Money micros={month.spentMicros} />
        </Stat>
        <Stat label="Bought this month">
          <Money micros={month.purchasedMicros} />
        </Stat>
      </StatStrip>
      {runway.nextExpiry ? (
        <p className="px-1 text-muted text-xs">
          <Money micros={runway.nextExpiry.amountMicros} /> expire{" "}
          <Time value={runway.nextExpiry.at} display="datetime" /> unless they are used before.
        </p>
      ) : null}
    </div>
  );
}
