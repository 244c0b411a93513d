"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, CircleHelp } from "lucide-react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Money } from "#components/ui/money.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { Time } from "#components/ui/time.tsx";
import { billingKey, reconciliationQuery, runReconciliation } from "#lib/client/queries/billing.ts";
import type { CreditSummary, Reconciliation } from "#lib/contract/index.ts";

/** Whether the books balance, and every promise behind that. */
export function BooksCard({ summary }: { summary: CreditSummary }) {
  const { slug: org, can } = useOrganization();
  const queryClient = useQueryClient();
  const books = useQuery(reconciliationQuery(org));
  const check = useMutation({
    mutationFn: () => runReconciliation(org),
    onError: (error) => notify.error("The books were not checked", { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: billingKey(org) }),
  });
  return (
    <Card
      title="Books"
      aside={<StatusPill status={summary.reconciliation.status} />}
      actions={
        can("billing:write") ? (
          <Button size="sm" onClick={() => check.mutate()} pending={check.isPending}>
            Check now
          </Button>
        ) : null
      }
    >
      <p className="px-4 py-2.5">
        {summary.reconciliation.at === null ? (
          "The books are checked every five minutes; the first check is still to come."
        ) : (
          <>
            {summary.reconciliation.status === "balanced"
              ? "Books balanced at "
              : "Books do not balance since "}
            <Time value={summary.reconciliation.at} display="clock" />, drift{" "}
            <Money micros={summary.reconciliation.driftMicros} />
          </>
        )}
      </p>
      {books.data && books.data.checks.length > 0 ? (
        <details className="border-t px-4 py-2 text-sm">
          <summary className="cursor-pointer text-muted">
            The {books.data.checks.length} promises behind it
          </summary>
          <ul className="mt-2 grid gap-1.5">
            {books.data.checks.map((promise) => (
              <BookPromise key={promise.id} promise={promise} />
            ))}
          </ul>
        </details>
      ) : null}
    </Card>
  );
}

function StatusPill({ status }: Pick<Reconciliation, "status">) {
  if (status === "balanced") {
    return (
      <Pill tone="ok" icon={CircleCheck}>
        balanced
      </Pill>
    );
  }
  return status === "drift" ? (
    <Pill tone="fail" icon={CircleAlert}>
      drift
    </Pill>
  ) : (
    <Pill tone="unknown" icon={CircleHelp}>
      not checked yet
    </Pill>
  );
}

function BookPromise({ promise }: { promise: Reconciliation["checks"][number] }) {
  return (
    <li className="grid grid-cols-[2.5rem_minmax(0,1fr)] gap-x-2">
      <span className={promise.status === "balanced" ? "text-ok" : "text-fail"}>{promise.id}</span>
      <span>
        {promise.promise}{" "}
        <span className="text-muted text-xs">
          {promise.status === "balanced"
            ? `${formatCount(promise.checked)} checked`
            : `broken by ${formatCount(promise.driftCount)} of ${formatCount(promise.checked)}`}
        </span>
        {promise.drift.map((drift) => (
          <span key={drift.what} className="block break-words text-fail text-xs">
            {drift.what}: expected {drift.expected}, found {drift.found}
          </span>
        ))}
      </span>
    </li>
  );
}
