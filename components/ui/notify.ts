"use client";

interface NotifyOptions {
  description?: string | undefined;
  /** Where to see what it is about. */
  action?: { label: string; onClick: () => void } | undefined;
}

/** Says how an action ended. The toasts arrive with the first one; they are no part of the first load. */
export const notify = {
  success: (text: string, options: NotifyOptions = {}): void => show("success", text, options),
  error: (text: string, options: NotifyOptions = {}): void => show("error", text, options),
  info: (text: string, options: NotifyOptions = {}): void => show("info", text, options),
};

function show(
  kind: "success" | "error" | "info",
  text: string,
  { description, action }: NotifyOptions,
): void {
  void import("./toaster.tsx").then(({ toast }) =>
    toast[kind](text, { ...(description ? { description } : {}), ...(action ? { action } : {}) }),
  );
}
