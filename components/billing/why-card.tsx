"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { WhatBroke } from "#components/incidents/what-broke.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Money } from "#components/ui/money.tsx";
import { formatCount, formatCounted } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { explanationQuery } from "#lib/client/queries/billing.ts";
import type { CreditExplanation, CreditReason } from "#lib/contract/index.ts";
import { billingSearch } from "./billing-search.ts";
import { reasonHref } from "./reason-href.ts";

const WINDOWS = [
  { value: "24h", label: "24 h" },
  { value: "7d", label: "7 days" },
  { value: "30d", label: "30 days" },
] as const;

/** Why there are fewer credits than before, biggest change against the window before first. */
export function WhyCard() {
  const { slug: org } = useOrganization();
  const [{ why }, setSearch] = useQueryStates(billingSearch);
  const explanation = useQuery(explanationQuery(org, why));
  const { data } = explanation;
  return (
    <Card
      title={data?.changeMicros.startsWith("-") ? "Why did it drop?" : "What changed?"}
      actions={
        <>
          {data?.changeMicros.startsWith("-") ? <WhatBroke about={{ symptom: "credits_drop" }} /> : null}
          <SegmentedControl
            label="Explained window"
            value={why}
            options={WINDOWS}
            onChange={(next) => void setSearch({ why: next })}
          />
        </>
      }
    >
      {data === undefined ? (
        explanation.isError ? (
          <QueryError query={explanation} title="The reasons could not be loaded" />
        ) : (
          <div className="grid gap-3 p-4" aria-busy="true">
            <Skeleton className="w-1/2" />
            <Skeleton className="w-2/3" />
          </div>
        )
      ) : data.reasons.length === 0 ? (
        <EmptyState title="Nothing moved credits in this window or the one before" className="py-8" />
      ) : (
        <div className={explanation.isPlaceholderData ? "opacity-60" : undefined}>
          <Change explanation={data} />
          <Reasons explanation={data} />
        </div>
      )}
    </Card>
  );
}

function Change({ explanation }: { explanation: CreditExplanation }) {
  return (
    <p className="px-4 py-2.5 text-muted">
      From <Money micros={explanation.openingMicros} className="text-fg" /> to{" "}
      <Money micros={explanation.closingMicros} className="text-fg" />:{" "}
      <Money micros={explanation.changeMicros} sign="always" className="font-medium text-fg" />. In the window
      before: <Money micros={explanation.changeBeforeMicros} sign="always" />.
    </p>
  );
}

/** How many reasons stand open: what follows changed less. */
const REASONS_OPEN = 8;

function Reasons({ explanation: { reasons, window } }: { explanation: CreditExplanation }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? reasons : reasons.slice(0, REASONS_OPEN);
  return (
    <>
      <ol className="divide-y border-t">
        {shown.map((reason) => (
          <ReasonRow key={keyOf(reason)} reason={reason} window={window} />
        ))}
      </ol>
      {reasons.length > REASONS_OPEN ? (
        <p className="border-t px-4 py-2">
          <Button size="sm" variant="ghost" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Show fewer" : `Show all ${formatCount(reasons.length)} reasons`}
          </Button>
        </p>
      ) : null}
    </>
  );
}

const keyOf = ({ kind, agentId, serverId, tool, label }: CreditReason): string =>
  [kind, agentId, serverId, tool, label].join(" ");

function ReasonRow({ reason, window }: { reason: CreditReason; window: CreditExplanation["window"] }) {
  const { slug: org } = useOrganization();
  const href = reasonHref(org, reason, window);
  return (
    <li className="relative flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2 hover:bg-raised/60">
      <span className="min-w-0 flex-1 basis-60 break-words">
        {reason.isPart ? <span className="text-faint">of which: </span> : null}
        {href === null ? (
          withSigns(reason.label)
        ) : (
          <Link href={href} className="rounded-sm font-medium after:absolute after:inset-0">
            {withSigns(reason.label)}
          </Link>
        )}
        <span className="block text-muted text-xs">{reason.detail ?? countText(reason)}</span>
      </span>
      <span className="ml-auto text-right">
        <Money micros={reason.amountMicros} sign="always" className="block font-medium" />
        <span className="block text-muted text-xs">
          <Money micros={reason.changeMicros} sign="always" /> against before
        </span>
      </span>
    </li>
  );
}

const noun = ({ kind }: CreditReason): string =>
  kind === "usage" || kind === "price_change" ? "call" : kind === "external" ? "cost" : "transaction";

/** Nothing where there is nothing to count, such as what is set aside. */
function countText(reason: CreditReason): string | null {
  if (reason.count === 0 && reason.countBefore === 0) return null;
  const before = reason.countBefore > 0 ? `, ${formatCount(reason.countBefore)} before` : "";
  return `${formatCounted(reason.count, noun(reason))}${before}`;
}
