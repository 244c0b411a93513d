"use client";

import { type RefObject, useEffect } from "react";

const STEPS: Readonly<Record<string, 1 | -1>> = { j: 1, k: -1, e: 1, E: -1 };

/**
 * `j` and `k` move the focus over the links that are marked `data-row` inside `container`, `e` and `E` over those of
 * them that are marked `data-row="error"`; Enter follows, as always.
 */
export function useRowKeys(container: RefObject<HTMLElement | null>): void {
  // External system: the window's keyboard.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const step = STEPS[event.key];
      if (step === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select, [role=dialog]"))
        return;
      const rows = [...(container.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
      const at = rows.indexOf(document.activeElement as HTMLElement);
      if (event.key === "j" || event.key === "k") {
        rows[at === -1 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
      } else {
        const beyond = step === 1 ? rows.slice(at + 1) : rows.slice(0, Math.max(at, 0)).reverse();
        beyond.find((row) => row.dataset.row === "error")?.focus();
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [container]);
}
