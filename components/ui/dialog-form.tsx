import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { DialogClose, DialogFooter } from "./dialog.tsx";

interface DialogFormProps {
  /** What the button that sends it says. */
  submit: string;
  disabled?: boolean;
  pending: boolean;
  onSubmit: () => void;
  /** The body of the dialog. */
  children: ReactNode;
}

/** The rest of a dialog that asks for something: its body, a way back, and the button that sends it. */
export const DialogForm = ({ submit, disabled, pending, onSubmit, children }: DialogFormProps) => (
  <form
    className="contents"
    onSubmit={(event) => {
      event.preventDefault();
      onSubmit();
    }}
  >
    {children}
    <DialogFooter>
      <DialogClose asChild>
        <Button>Cancel</Button>
      </DialogClose>
      <Button type="submit" variant="primary" disabled={disabled} pending={pending}>
        {submit}
      </Button>
    </DialogFooter>
  </form>
);
