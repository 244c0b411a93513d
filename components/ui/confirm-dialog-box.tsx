"use client";

import { useState } from "react";
import { Button } from "./button.tsx";
import type { ConfirmDialogProps } from "./confirm-dialog.tsx";
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { Notice } from "./notice.tsx";

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
  const confirmed = phrase === undefined || typed.trim() === phrase;
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (confirmed && !pending) onConfirm();
      }}
    >
      <DialogBody className="grid gap-3">
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
        {error ? <Notice tone="fail">{error}</Notice> : null}
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button>Cancel</Button>
        </DialogClose>
        <Button type="submit" variant={danger ? "danger" : "primary"} disabled={!confirmed} pending={pending}>
          {confirmLabel}
        </Button>
      </DialogFooter>
    </form>
  );
}
