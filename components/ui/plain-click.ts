import type { MouseEvent } from "react";

/** True for a click that the page may handle; one that asks for another tab or window is the browser's. */
export const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
