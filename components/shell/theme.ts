"use client";

import { useSyncExternalStore } from "react";
import { isTheme, THEME_COOKIE, type Theme } from "./theme-cookie.ts";

const YEAR_SECONDS = 365 * 86_400;
const listeners = new Set<() => void>();

const current = (): Theme => {
  const chosen = document.documentElement.dataset.theme;
  return isTheme(chosen) ? chosen : "system";
};

/** Paints the theme at once and remembers it in a cookie, so that the server's next page starts with it. */
export function setTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is not in every browser, and needs https
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  for (const notify of listeners) notify();
}

export const useTheme = (): Theme =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    current,
    () => "system",
  );
