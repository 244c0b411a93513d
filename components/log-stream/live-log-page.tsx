"use client";

// What does this server write right now?

import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { parsePlace } from "#lib/client/log-stream/history.ts";
import { FillWindow } from "./fill-window.tsx";

// The page's frame is there at once; the viewer, which only a browser can run, follows.
const LiveLogViewer = dynamic(() => import("./live-log-viewer.tsx").then((module) => module.LiveLogViewer), {
  ssr: false,
});

/** The viewer as a page. `?line=` opens it at one line, wherever in the history that is. */
export function LiveLogPage() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [linked] = useQueryState("line", parseAsString);
  const line = linked === null ? null : parsePlace(linked);
  return (
    <>
      {linked !== null && line === null ? (
        <Notice tone="warn" className="rounded-none border-x-0 border-t-0">
          This link names no line: it may have been cut when it was copied. Here is the live log.
        </Notice>
      ) : null}
      <FillWindow>
        <LiveLogViewer key={linked} organization={org} server={server} line={line} className="h-full" />
      </FillWindow>
    </>
  );
}
