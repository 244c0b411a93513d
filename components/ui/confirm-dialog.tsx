"use client";

import { lazy, type ReactNode, Suspense } from "react";

const ConfirmDialogBox = lazy(() =>
  import("./confirm-dialog-box.tsx").then((module) => ({ default: module.ConfirmDialogBox })),
);

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will change in the world, and what will not. */
  children: ReactNode;
  /** What must be typed before the button works; without it one click is enough. */
  phrase?: string;
  confirmLabel: string;
  danger?: boolean;
  pending?: boolean;
  error?: string | null | undefined;
  onConfirm: () => void;
}

/** Asks before something changes the world. It stays open, with the reason, when the change is refused. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <ConfirmDialogBox {...props} />
    </Suspense>
  );
}
