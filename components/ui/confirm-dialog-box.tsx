"use client";

import { useState } from "react";
import type { ConfirmDialogProps } from "./confirm-dialog.tsx";
import { Dialog, DialogContent } from "./dialog.tsx";
import { DialogForm } from "./dialog-form.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

/** The box of ConfirmDialog; apart, so that it arrives when it is first needed. */
export function ConfirmDialogBox({ open, onOpenChange, title, ...rest }: ConfirmDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title={title} role="alertdialog">
        <ConfirmForm {...rest} />
      </DialogContent>
    </Dialog>
  );
}

function ConfirmForm({
  children,
  phrase,
  confirmLabel,
  danger = false,
  pending = false,
  error,
  onConfirm,
}: Omit<ConfirmDialogProps, "open" | "onOpenChange" | "title">) {
  const [typed, setTyped] = useState("");
  return (
    <DialogForm
      submit={confirmLabel}
      danger={danger}
      disabled={phrase !== undefined && typed.trim() !== phrase}
      pending={pending}
      error={error}
      onSubmit={onConfirm}
      className="grid gap-3"
    >
      <div className="text-muted">{children}</div>
      {phrase === undefined ? null : (
        <Field
          label={
            <>
              Type <span className="font-mono">{phrase}</span> to confirm
            </>
          }
        >
          {(control) => (
            <Input
              {...control}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              className="font-mono"
            />
          )}
        </Field>
      )}
    </DialogForm>
  );
}
