"use client";

import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "#components/ui/button.tsx";

const GrantDialog = lazy(() =>
  import("./grant-dialog.tsx").then((module) => ({ default: module.GrantDialog })),
);

/** Opens the dialog by which an owner gives credits. */
export function GrantButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Grant credits
      </Button>
      {isOpen ? (
        <Suspense fallback={null}>
          <GrantDialog onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
