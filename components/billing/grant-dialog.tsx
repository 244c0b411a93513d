"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { moneyText } from "#components/ui/money-text.ts";
import { notify } from "#components/ui/notify.ts";
import { newIdempotencyKey } from "#lib/client/idempotency-key.ts";
import { billingKey, grantCredits } from "#lib/client/queries/billing.ts";
import { microsOfUsd } from "#lib/kernel/money.ts";

/** An owner gives credits by hand, with a reason. Sent again after a lost answer, they are given once. */
export function GrantDialog({ onClose }: { onClose: () => void }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [usd, setUsd] = useState("");
  const [reason, setReason] = useState("");
  const [expires, setExpires] = useState("");
  const [key, setKey] = useState(newIdempotencyKey);
  const micros = microsOfUsd(usd);
  const change = (set: (text: string) => void) => (text: string) => {
    set(text);
    setKey(newIdempotencyKey());
  };
  const grant = useMutation({
    mutationFn: (amount: bigint) =>
      grantCredits(
        org,
        {
          amountMicros: String(amount),
          reason,
          expiresAt: expires === "" ? null : new Date(`${expires}T00:00:00.000Z`).toISOString(),
        },
        key,
      ),
    onSuccess: ({ amountMicros }) => {
      onClose();
      notify.success(`${moneyText(amountMicros)} of credits are granted`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: billingKey(org) }),
  });
  const errorOf = (field: string) => errorOfField(grant.error, field);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Grant credits"
        description="1 credit is 1 USD. What is owed is paid of them first."
      >
        <DialogForm
          submit={micros !== null && micros > 0n ? `Grant ${moneyText(micros)}` : "Grant credits"}
          disabled={micros === null || micros <= 0n}
          pending={grant.isPending}
          onSubmit={() => {
            if (micros !== null) grant.mutate(micros);
          }}
          error={errorOfForm(grant.error, ["amountMicros", "reason", "expiresAt"])}
        >
          <Field
            label="Amount in USD"
            error={
              errorOf("amountMicros") ??
              (usd !== "" && micros === null
                ? "Give an amount such as 25 or 0.000145, at most six decimals."
                : null)
            }
          >
            {(control) => (
              <Input
                {...control}
                value={usd}
                onChange={(event) => change(setUsd)(event.target.value)}
                inputMode="decimal"
                placeholder="25.00"
                required
                autoComplete="off"
              />
            )}
          </Field>
          <Field label="Reason" hint="Stands in the ledger and the audit log." error={errorOf("reason")}>
            {(control) => (
              <Input
                {...control}
                value={reason}
                onChange={(event) => change(setReason)(event.target.value)}
                minLength={3}
                maxLength={500}
                required
              />
            )}
          </Field>
          <Field
            label="Expires"
            optional
            hint="At the beginning of that day, UTC."
            error={errorOf("expiresAt")}
          >
            {(control) => (
              <Input
                {...control}
                type="date"
                value={expires}
                onChange={(event) => change(setExpires)(event.target.value)}
              />
            )}
          </Field>
        </DialogForm>
      </DialogContent>
    </Dialog>
  );
}
