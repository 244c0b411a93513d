"use client";

import Link from "next/link";
import { subjectOf } from "#components/requests/outcomes.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Money } from "#components/ui/money.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { RequestDetail } from "#lib/contract/index.ts";

/** What the call cost, for each of its messages that is judged, and the way to the debit that paid for it. */
export function CallCost({ detail: { billability, rows } }: { detail: RequestDetail }) {
  if (billability.length === 0) return null;
  return (
    <div className="flex min-w-0 gap-3 sm:col-span-2">
      <dt className="w-28 shrink-0 text-faint">Billing</dt>
      <dd className="min-w-0">
        {billability.length === 1 && billability[0] ? (
          <Judgement {...billability[0]} />
        ) : (
          <ul className="grid gap-0.5">
            {billability.map((judged) => {
              const row = rows.find(({ id }) => id === judged.id);
              return (
                <li key={judged.id} className="break-words">
                  {row ? <span className="font-mono text-xs">{withSigns(subjectOf(row))}: </span> : null}
                  <Judgement {...judged} />
                </li>
              );
            })}
          </ul>
        )}
      </dd>
    </div>
  );
}

function Judgement({
  isBillable,
  amountMicros,
  txId,
  priceVersion,
  reason,
}: RequestDetail["billability"][number]) {
  const { slug: org, can } = useOrganization();
  const isBilled = isBillable && amountMicros !== null;
  return (
    <>
      {isBilled ? (
        <>
          billed <Money micros={amountMicros} className="font-medium" />
        </>
      ) : isBillable ? (
        "would be billed"
      ) : (
        "free"
      )}
      <span className="text-muted">, {lowerFirst(reason)}</span>
      {priceVersion === null ? null : (
        <span className="text-muted">
          {" "}
          Prices <code className="text-xs">{priceVersion}</code>.
        </span>
      )}
      {txId !== null && can("billing:read") ? (
        <>
          {" "}
          <Link
            href={`/${org}/settings/billing?tx=${encodeURIComponent(txId)}`}
            className="whitespace-nowrap rounded-sm text-accent hover:underline"
          >
            Its debit in the ledger
          </Link>
        </>
      ) : isBilled && txId === null ? (
        <span className="text-muted"> It is not in the ledger yet.</span>
      ) : null}
    </>
  );
}

const lowerFirst = (text: string): string =>
  /^[A-Z](?![A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
