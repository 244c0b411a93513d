"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { errorOfForm } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { MoneyInput } from "#components/ui/money-input.tsx";
import { moneyText } from "#components/ui/money-text.ts";
import { newIdempotencyKey } from "#lib/client/idempotency-key.ts";
import { createCheckout } from "#lib/client/queries/payments.ts";
import { CreateCheckoutSession } from "#lib/contract/index.ts";
import { wholeUsd } from "./whole-usd.ts";

const PROPOSED_USD = [25, 100, 500];

/** Leads to the payment provider's page. Sent again after a lost answer, it is the same checkout. */
export function BuyCreditsDialog({ onClose }: { onClose: () => void }) {
  const { slug: org } = useOrganization();
  const [usd, setUsd] = useState("25");
  const [key, setKey] = useState(newIdempotencyKey);
  const amount = wholeUsd(usd);
  const isGood = CreateCheckoutSession.safeParse({ creditAmountUsd: amount }).success;
  const change = (text: string) => {
    setUsd(text);
    setKey(newIdempotencyKey());
  };
  const buy = useMutation({
    mutationFn: (creditAmountUsd: number) => createCheckout(org, { creditAmountUsd }, key),
    onSuccess: ({ url }) => {
      if (url !== null) window.location.assign(url);
    },
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Buy credits"
        description="1 credit is 1 USD. You pay on the page of Stripe; the card is saved for auto top-up."
      >
        <DialogForm
          submit={amount !== null && isGood ? `Pay ${moneyText(BigInt(amount) * 1_000_000n)}` : "Pay"}
          disabled={!isGood}
          pending={buy.isPending || buy.data?.url != null}
          onSubmit={() => {
            if (amount !== null) buy.mutate(amount);
          }}
          error={errorOfForm(buy.error)}
        >
          <Field
            label="Amount in USD"
            error={usd !== "" && !isGood ? "Give whole dollars from 5 to 50,000." : null}
          >
            {(control) => (
              <MoneyInput
                {...control}
                value={usd}
                onChange={(event) => change(event.target.value)}
                inputMode="numeric"
                required
              />
            )}
          </Field>
          <div className="flex flex-wrap gap-2">
            {PROPOSED_USD.map((proposed) => (
              <Button key={proposed} size="sm" onClick={() => change(String(proposed))}>
                ${proposed}
              </Button>
            ))}
          </div>
        </DialogForm>
      </DialogContent>
    </Dialog>
  );
}
