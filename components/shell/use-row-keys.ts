"use client";

import { type RefObject, useEffect } from "react";

/** `j` and `k` move the focus over the links that are marked `data-row` inside `container`; Enter follows, as always. */
export function useRowKeys(container: RefObject<HTMLElement | null>): void {
  // External system: the window's keyboard.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.key !== "j" && event.key !== "k") || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select, [role=dialog]"))
        return;
      const rows = [...(container.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
      const at = rows.indexOf(document.activeElement as HTMLElement);
      const next = at === -1 ? 0 : at + (event.key === "j" ? 1 : -1);
      rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [container]);
}
