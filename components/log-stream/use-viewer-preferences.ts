"use client";

import { useSyncExternalStore } from "react";
import {
  DEFAULT_PREFERENCES,
  PreferenceStore,
  type ViewerPreferences,
} from "#lib/client/log-stream/viewer-preferences.ts";

let store: PreferenceStore | null = null;

function browserStore(): PreferenceStore {
  store ??= new PreferenceStore(storage());
  return store;
}

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    // A page without the right to store anything may not even ask for the place.
    return null;
  }
}

const subscribe = (subscriber: () => void): (() => void) => browserStore().subscribe(subscriber);
const read = (): ViewerPreferences => browserStore().read();
const change = (part: Partial<ViewerPreferences>): void => browserStore().change(part);

/** How this browser's user likes to read logs, and a way to change it; the same in every viewer of the page. */
export function useViewerPreferences(): readonly [
  ViewerPreferences,
  (part: Partial<ViewerPreferences>) => void,
] {
  return [useSyncExternalStore(subscribe, read, () => DEFAULT_PREFERENCES), change];
}
