import { useSyncExternalStore } from "react";

/** Where the counts fit beside the rows; the `xl` of the style sheet. */
const WIDE = "(min-width: 80rem)";

function subscribe(listener: () => void): () => void {
  const media = window.matchMedia(WIDE);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}

/** True on a wide window; false on the server, which cannot know. */
export const useIsWide = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => window.matchMedia(WIDE).matches,
    () => false,
  );
