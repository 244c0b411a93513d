"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { browserEnvironment } from "#lib/client/log-stream/browser-environment.ts";
import type { LogFilter } from "#lib/client/log-stream/filter.ts";
import type { LinePlace } from "#lib/client/log-stream/history.ts";
import { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import type { ViewerSnapshot } from "#lib/client/log-stream/viewer-snapshot.ts";

interface OpenedWith {
  readonly filter: LogFilter | undefined;
  readonly line: LinePlace | null | undefined;
}

/** The live streams of one or several servers for as long as the calling component is on the screen. */
export function useLogStream(
  organization: string,
  servers: readonly { readonly slug: string }[],
  { filter, line }: OpenedWith,
): { readonly store: LogStreamStore; readonly snapshot: ViewerSnapshot } {
  const [store] = useState(() => {
    const environments = servers.map(({ slug }) => browserEnvironment({ organization, server: slug }));
    const [first = browserEnvironment({ organization, server: "" }), ...others] = environments;
    return new LogStreamStore(first, { ...(filter ? { filter } : {}), line: line ?? null, others });
  });
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  // External system: the WebSockets; they close when the viewer leaves the screen.
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
