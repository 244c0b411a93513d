"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { moneyText } from "#components/ui/money-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { ApiError } from "#lib/client/api-error.ts";
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
  const errorOf = (field: string) => (grant.error instanceof ApiError ? grant.error.fieldError(field) : null);
  const isShownAtField = ["amountMicros", "reason", "expiresAt"].some((field) => errorOf(field) !== null);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Grant credits"
        description="1 credit is 1 USD. What is owed is paid of them first."
      >
        <form
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            if (micros !== null) grant.mutate(micros);
          }}
        >
          <DialogBody className="grid gap-4">
            {grant.error && !isShownAtField ? <Notice tone="fail">{messageOf(grant.error)}</Notice> : null}
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
          </DialogBody>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              type="submit"
              variant="primary"
              disabled={micros === null || micros <= 0n}
              pending={grant.isPending}
            >
              {micros !== null && micros > 0n ? `Grant ${moneyText(micros)}` : "Grant credits"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
