"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { MoneyInput } from "#components/ui/money-input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { Time } from "#components/ui/time.tsx";
import { newIdempotencyKey } from "#lib/client/idempotency-key.ts";
import { billingKey } from "#lib/client/queries/billing.ts";
import { autoTopUpQuery, resumeAutoTopUp, saveAutoTopUp } from "#lib/client/queries/payments.ts";
import { type AutoTopUp, AutoTopUpSettings, type CreditSummary } from "#lib/contract/index.ts";
import { formatUsd, microsOf, microsOfUsd } from "#lib/kernel/money.ts";
import { wholeUsd } from "./whole-usd.ts";

/** When credits are bought by themselves, and how that goes. Not there while nobody sells credits. */
export function AutoTopUpCard({ payments }: { payments: CreditSummary["payments"] }) {
  const { slug: org } = useOrganization();
  const topUp = useQuery({ ...autoTopUpQuery(org), enabled: payments.setUp === null });
  if (payments.setUp !== null) return null;
  return (
    <Card
      title="Auto top-up"
      aside={topUp.data ? <span className="text-muted">{topUp.data.isOn ? "on" : "off"}</span> : null}
    >
      {topUp.data === undefined ? (
        <QueryError query={topUp} title="Auto top-up could not be loaded" />
      ) : (
        <>
          <Breaker topUp={topUp.data} />
          <Settings key={settingsKey(topUp.data)} topUp={topUp.data} />
        </>
      )}
    </Card>
  );
}

const settingsKey = ({ isOn, thresholdMicros, amountUsd, monthlyMaxUsd }: AutoTopUp): string =>
  [isOn, thresholdMicros, amountUsd, monthlyMaxUsd].join();

/** Why nothing is bought although it is on. */
function Breaker({ topUp: { breaker, isOn } }: { topUp: AutoTopUp }) {
  const { slug: org, can } = useOrganization();
  const queryClient = useQueryClient();
  const [key] = useState(newIdempotencyKey);
  const resume = useMutation({
    mutationFn: () => resumeAutoTopUp(org, key),
    onSuccess: () => notify.success("Auto top-up goes on"),
    onSettled: () => queryClient.invalidateQueries({ queryKey: billingKey(org) }),
  });
  if (!isOn || breaker.state === "closed") return null;
  return (
    <Notice tone={breaker.state === "open" ? "fail" : "warn"} className="m-4 mb-0">
      {breaker.reason}{" "}
      {breaker.until === null ? (
        `It stopped after ${breaker.failures} failures in a row. Save another card by buying credits, or resume it.`
      ) : (
        <>
          The next attempt is at <Time value={breaker.until} /> at the earliest.
        </>
      )}
      {can("billing:write") ? (
        <Button size="sm" className="ml-2" pending={resume.isPending} onClick={() => resume.mutate()}>
          Resume
        </Button>
      ) : null}
      {resume.error ? ` ${messageOf(resume.error)}` : null}
    </Notice>
  );
}

function Settings({ topUp }: { topUp: AutoTopUp }) {
  const { slug: org, can } = useOrganization();
  const queryClient = useQueryClient();
  const mayChange = can("billing:write");
  const [below, setBelow] = useState(formatUsd(microsOf(topUp.thresholdMicros), { groups: false }));
  const [amount, setAmount] = useState(String(topUp.amountUsd));
  const [most, setMost] = useState(String(topUp.monthlyMaxUsd));
  const threshold = microsOfUsd(below);
  const wanted = AutoTopUpSettings.omit({ isOn: true }).safeParse({
    thresholdMicros: threshold === null ? null : String(threshold),
    amountUsd: wholeUsd(amount),
    monthlyMaxUsd: wholeUsd(most),
  });
  const isBad = (field: "thresholdMicros" | "amountUsd" | "monthlyMaxUsd"): boolean =>
    !wanted.success && wanted.error.issues.some(({ path }) => path[0] === field);
  const isBelowOne = wanted.success && wanted.data.monthlyMaxUsd < wanted.data.amountUsd;
  const save = useMutation({
    mutationFn: (isOn: boolean) => {
      if (!wanted.success) throw new Error("The settings are not complete.");
      return saveAutoTopUp(org, { ...wanted.data, isOn });
    },
    onSuccess: ({ isOn }) => notify.success(isOn ? "Auto top-up is on" : "Auto top-up is off"),
    onSettled: () => queryClient.invalidateQueries({ queryKey: billingKey(org) }),
  });
  const isReady = wanted.success && !isBelowOne;
  return (
    <form
      className="grid gap-4 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) save.mutate(true);
      }}
    >
      {save.error ? <Notice tone="fail">{messageOf(save.error)}</Notice> : null}
      <div className="grid gap-3 sm:grid-cols-3">
        <Field
          label="When less is available than"
          error={isBad("thresholdMicros") ? "Give an amount above zero, such as 10." : null}
        >
          {(control) => (
            <MoneyInput
              {...control}
              value={below}
              onChange={(event) => setBelow(event.target.value)}
              disabled={!mayChange}
            />
          )}
        </Field>
        <Field label="Buy" error={isBad("amountUsd") ? "Give whole dollars from 5 to 10,000." : null}>
          {(control) => (
            <MoneyInput
              {...control}
              value={amount}
              onChange={(event) => setAmount(event.target.value)}
              disabled={!mayChange}
            />
          )}
        </Field>
        <Field
          label="At most in a month"
          hint={`$${topUp.spentThisMonthUsd} of it this month, UTC.`}
          error={
            isBad("monthlyMaxUsd")
              ? "Give whole dollars from 5 to 100,000."
              : isBelowOne
                ? "Give at least the amount of one top-up."
                : null
          }
        >
          {(control) => (
            <MoneyInput
              {...control}
              value={most}
              onChange={(event) => setMost(event.target.value)}
              disabled={!mayChange}
            />
          )}
        </Field>
      </div>
      {topUp.hasPaymentMethod ? null : (
        <p className="text-muted text-sm">
          There is no saved card. Buy credits with a card once: it is saved then.
        </p>
      )}
      {mayChange ? (
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            disabled={!isReady || (!topUp.isOn && !topUp.hasPaymentMethod)}
            pending={save.isPending}
          >
            {topUp.isOn ? "Save" : "Turn on"}
          </Button>
          {topUp.isOn ? (
            <Button variant="ghost" disabled={!isReady} onClick={() => save.mutate(false)}>
              Turn off
            </Button>
          ) : null}
        </div>
      ) : null}
    </form>
  );
}
