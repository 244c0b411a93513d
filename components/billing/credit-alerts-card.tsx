"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { billingKey, creditAlertsQuery, saveCreditAlerts } from "#lib/client/queries/billing.ts";

/** When somebody is told that credits run low. */
export function CreditAlertsCard() {
  const { slug: org } = useOrganization();
  const alerts = useQuery(creditAlertsQuery(org));
  return (
    <Card title="Credit alerts">
      {alerts.data === undefined ? (
        <QueryError query={alerts} title="The alerts could not be loaded" />
      ) : (
        <Thresholds key={alerts.data.thresholds.join()} thresholds={alerts.data.thresholds} />
      )}
    </Card>
  );
}

function Thresholds({ thresholds }: { thresholds: readonly number[] }) {
  const { slug: org, can } = useOrganization();
  const queryClient = useQueryClient();
  const [text, setText] = useState(thresholds.join(", "));
  const wanted = percentages(text);
  const save = useMutation({
    mutationFn: (next: number[]) => saveCreditAlerts(org, { thresholds: next }),
    onSuccess: () => notify.success("The alerts are saved"),
    onSettled: () => queryClient.invalidateQueries({ queryKey: billingKey(org) }),
  });
  const error = save.error
    ? messageOf(save.error)
    : wanted === null
      ? "Give up to ten percentages from 1 to 100, with commas."
      : null;
  return (
    <form
      className="flex flex-wrap items-end gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== null) save.mutate(wanted);
      }}
    >
      <Field
        label="Percent of the month's credits that are used"
        hint={
          <>
            Each is told once a month, where the{" "}
            <Link href={`/${org}/settings/alerts`} className="text-accent underline">
              alert channels
            </Link>{" "}
            lead.
          </>
        }
        error={error}
        className="min-w-60 flex-1"
      >
        {(control) => (
          <Input
            {...control}
            value={text}
            onChange={(event) => setText(event.target.value)}
            disabled={!can("alerts:write")}
          />
        )}
      </Field>
      {can("alerts:write") ? (
        <Button type="submit" disabled={wanted === null} pending={save.isPending}>
          Save alerts
        </Button>
      ) : null}
    </form>
  );
}

function percentages(text: string): number[] | null {
  const parts = text
    .split(",")
    .flatMap((part) => (part.trim() === "" ? [] : [part.trim().replace(/\s*%$/, "")]));
  const numbers = parts.map(Number);
  const isGood = numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= 100);
  return isGood && numbers.length <= 10 ? [...new Set(numbers)].sort((left, right) => left - right) : null;
}
