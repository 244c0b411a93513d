"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Fact } from "#components/requests/fact.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Money } from "#components/ui/money.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { Sheet, SheetContent } from "#components/ui/sheet.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { ledgerTxQuery } from "#lib/client/queries/billing.ts";
import type { LedgerTxDetail } from "#lib/contract/index.ts";

/** One transaction: what it moved, the credits it took and what it pays for, each leading to its call. */
export function TxDrawer({ tx, onClose }: { tx: string; onClose: () => void }) {
  const { slug: org } = useOrganization();
  const detail = useQuery(ledgerTxQuery(org, tx));
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()}>
      <SheetContent title={detail.data ? withSigns(detail.data.description) : "Transaction"}>
        <div className="grid min-h-0 flex-1 grid-cols-1 content-start gap-5 overflow-y-auto px-4 py-4">
          {detail.data ? (
            <TxBody tx={detail.data} />
          ) : detail.isError ? (
            <QueryError query={detail} title="The transaction could not be loaded" />
          ) : (
            <div className="grid gap-3" aria-busy="true">
              <Skeleton className="w-1/2" />
              <Skeleton className="w-2/3" />
            </div>
          )}
        </div>
      </SheetContent>
    </Sheet>
  );
}

function TxBody({ tx }: { tx: LedgerTxDetail }) {
  return (
    <>
      <dl className="grid grid-cols-1 gap-1.5 text-sm">
        <Fact name="Credits">
          <Money micros={tx.amountMicros} sign="always" className="font-medium" />, then{" "}
          <Money micros={tx.balanceAfterMicros} />
        </Fact>
        <Fact name="Type">{tx.type.replaceAll("_", " ")}</Fact>
        <Fact name="Written">
          <Time value={tx.createdAt} display="datetime" />
        </Fact>
        <Fact name="By">{withSigns(tx.actor)}</Fact>
        {tx.reason ? <Fact name="Reason">{withSigns(tx.reason)}</Fact> : null}
        {tx.priceVersion ? (
          <Fact name="Prices">
            <code className="text-xs">{tx.priceVersion}</code>
            {tx.prices ? <Prices prices={tx.prices} /> : null}
          </Fact>
        ) : null}
        <Fact name="Transaction">
          <span className="inline-flex items-center gap-1">
            <code className="break-all text-xs">{tx.id}</code>
            <CopyButton value={tx.id} label="Copy transaction id" />
          </span>
        </Fact>
      </dl>
      <Entries entries={tx.entries} />
      {tx.grants.length > 0 ? <Grants grants={tx.grants} /> : null}
      {tx.eventCount > 0 ? <Events tx={tx} /> : null}
    </>
  );
}

function Prices({ prices }: { prices: NonNullable<LedgerTxDetail["prices"]> }) {
  return (
    <span className="text-muted">
      : <Money micros={prices.perCallMicros} /> a call, <Money micros={prices.per100MsMicros} /> per started
      100 ms, <Money micros={prices.per64KibMicros} /> per started 64 KiB
    </span>
  );
}

function Entries({ entries }: Pick<LedgerTxDetail, "entries">) {
  return (
    <section aria-label="Entries">
      <h3 className="mb-1 font-semibold text-sm">Entries, which sum to zero</h3>
      <ul className="divide-y rounded-md border">
        {entries.map((entry) => (
          <li key={entry.account} className="flex gap-3 px-3 py-1.5">
            <span className="flex-1">{entry.account}</span>
            <Money micros={entry.amountMicros} sign="always" />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Grants({ grants }: Pick<LedgerTxDetail, "grants">) {
  return (
    <section aria-label="Credits taken">
      <h3 className="mb-1 font-semibold text-sm">Credits that it took</h3>
      <ul className="divide-y rounded-md border">
        {grants.map((grant) => (
          <li key={grant.grantId} className="flex gap-3 px-3 py-1.5">
            <span className="min-w-0 flex-1 truncate">
              {grant.kind} <code className="text-faint text-xs">{grant.grantId}</code>
            </span>
            <Money micros={grant.amountMicros} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Events({ tx }: { tx: LedgerTxDetail }) {
  const { slug: org } = useOrganization();
  return (
    <section aria-label="What it pays for">
      <h3 className="mb-1 font-semibold text-sm">
        What it pays for{" "}
        <span className="font-normal text-muted">
          {tx.eventsAreCapped ? `the ${tx.events.length} dearest of ${formatCount(tx.eventCount)}` : null}
        </span>
      </h3>
      <ul className="divide-y rounded-md border">
        {tx.events.map((event) => (
          <li
            key={event.id}
            className="relative flex flex-wrap items-baseline gap-x-3 px-3 py-1.5 hover:bg-raised/60"
          >
            <span className="min-w-0 flex-1 truncate">
              {event.requestId !== null && event.serverSlug !== null ? (
                <Link
                  href={`/${org}/servers/${event.serverSlug}/logs?request=${event.requestId}`}
                  className="rounded-sm font-medium after:absolute after:inset-0"
                >
                  {withSigns(event.tool ?? "call")}
                </Link>
              ) : (
                withSigns(event.description || event.tool || "External cost")
              )}{" "}
              <span className="text-muted text-xs">
                {event.serverSlug} {event.kind === "call" ? unitsText(event.units) : null}
              </span>
            </span>
            <Time value={event.timestamp} display="clock-ms" className="text-muted text-xs" />
            <Money micros={event.amountMicros} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const unitsText = (units: LedgerTxDetail["events"][number]["units"]): string =>
  `${units.calls} × call, ${units.hundredMs} × 100 ms, ${units.kib64} × 64 KiB`;
