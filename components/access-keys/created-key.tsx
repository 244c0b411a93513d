import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { DialogBody, DialogClose, DialogFooter } from "#components/ui/dialog.tsx";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import type { CreatedAccessKey } from "#lib/contract/index.ts";

interface CreatedKeyProps {
  created: CreatedAccessKey;
  /** What is shown below the secret: how to use it. */
  usage: (created: CreatedAccessKey) => ReactNode;
}

/** The rest of a dialog that has made a key: its secret, this one time, and how to use it. */
export const CreatedKey = ({ created, usage }: CreatedKeyProps) => (
  <>
    <DialogBody className="grid grid-cols-1 gap-3">
      <SecretOnce value={created.secret} label="key" />
      {usage(created)}
    </DialogBody>
    <DialogFooter>
      <DialogClose asChild>
        <Button variant="primary">Done</Button>
      </DialogClose>
    </DialogFooter>
  </>
);
