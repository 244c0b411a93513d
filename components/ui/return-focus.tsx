"use client";

import { type RefObject, useInsertionEffect, useRef } from "react";

interface Opener {
  /** What had the focus before. */
  opener: RefObject<Element | null>;
  onCloseAutoFocus: (event: Event) => void;
}

/**
 * Gives the focus back to whatever opened a dialog. Radix does so only for triggers of its own; our dialogs are opened
 * by state, so without this whoever uses the keyboard would begin anew at the top of the page.
 */
export function useReturnFocus(): Opener {
  const opener = useRef<Element | null>(null);
  const onCloseAutoFocus = (event: Event) => {
    if (!(opener.current instanceof HTMLElement) || !opener.current.isConnected) return;
    event.preventDefault();
    opener.current.focus({ preventScroll: true });
  };
  return { opener, onCloseAutoFocus };
}

/** Stands inside the dialog and looks who has the focus while it opens, before anything in it takes it. */
export function RememberFocus({ opener }: Pick<Opener, "opener">) {
  useInsertionEffect(() => {
    opener.current = document.activeElement;
  }, [opener]);
  return null;
}
