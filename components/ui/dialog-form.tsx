import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { DialogBody, DialogClose, DialogFooter } from "./dialog.tsx";
import { Notice } from "./notice.tsx";

interface DialogFormProps {
  /** What the button that sends it says. */
  submit: ReactNode;
  /** What the way back says. */
  cancel?: string;
  danger?: boolean;
  disabled?: boolean;
  pending: boolean;
  /** Why it was refused, where no field says it. It stays in sight however far the body is scrolled. */
  error?: string | null | undefined;
  onSubmit: () => void;
  /** Of the body, which scrolls. */
  className?: string;
  children: ReactNode;
}

/** The rest of a dialog that asks for something: its body, a way back, and the button that sends it. */
export const DialogForm = ({
  submit,
  cancel = "Cancel",
  danger = false,
  disabled = false,
  pending,
  error,
  onSubmit,
  className = "grid grid-cols-1 gap-4",
  children,
}: DialogFormProps) => (
  <form
    className="contents"
    onSubmit={(event) => {
      event.preventDefault();
      if (!disabled && !pending) onSubmit();
    }}
  >
    <DialogBody className={className}>{children}</DialogBody>
    {error ? (
      <Notice tone="fail" className="mx-4 mb-3 shrink-0">
        {error}
      </Notice>
    ) : null}
    <DialogFooter>
      <DialogClose asChild>
        <Button>{cancel}</Button>
      </DialogClose>
      <Button type="submit" variant={danger ? "danger" : "primary"} disabled={disabled} pending={pending}>
        {submit}
      </Button>
    </DialogFooter>
  </form>
);
