"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { browserEnvironment } from "#lib/client/log-stream/browser-environment.ts";
import type { LogFilter } from "#lib/client/log-stream/filter.ts";
import { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import type { ViewerSnapshot } from "#lib/client/log-stream/viewer-snapshot.ts";

/** One live stream for as long as the calling component is on the screen. `server` is a slug. */
export function useLogStream(
  organization: string,
  server: string,
  filter?: LogFilter,
): { readonly store: LogStreamStore; readonly snapshot: ViewerSnapshot } {
  const [store] = useState(
    () => new LogStreamStore(browserEnvironment({ organization, server }), filter ? { filter } : {}),
  );
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  // External system: the WebSocket; it closes when the viewer leaves the screen.
  useEffect(() => {
    store.start();
    const online = () => store.reconnectIfWaiting();
    window.addEventListener("online", online);
    return () => {
      window.removeEventListener("online", online);
      store.stop();
    };
  }, [store]);
  return { store, snapshot };
}
