"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { GrantDialog } from "./grant-dialog.tsx";

/** Opens the dialog by which an owner gives credits. */
export function GrantButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Grant credits
      </Button>
      {isOpen ? <GrantDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
