import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { DialogBody, DialogClose, DialogFooter } from "./dialog.tsx";

/** The rest of a dialog that has made something with a secret: the secret, this one time, and what is said of it. */
export const ShownOnce = ({ children }: { children: ReactNode }) => (
  <>
    <DialogBody className="grid grid-cols-1 gap-3">{children}</DialogBody>
    <DialogFooter>
      <DialogClose asChild>
        <Button variant="primary">Done</Button>
      </DialogClose>
    </DialogFooter>
  </>
);
