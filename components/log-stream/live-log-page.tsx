"use client";

// What does this server write right now?

import dynamic from "next/dynamic";
import { useLayoutEffect, useRef, useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";

// The page's frame is there at once; the viewer, which only a browser can run, follows.
const LiveLogViewer = dynamic(() => import("./live-log-viewer.tsx").then((module) => module.LiveLogViewer), {
  ssr: false,
});

/** The viewer as a page: it fills what the head of the page leaves of the window. */
export function LiveLogPage() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const box = useRef<HTMLDivElement>(null);
  const [topPx, setTopPx] = useState(160);
  // External system: layout. The head above wraps as it needs.
  useLayoutEffect(() => {
    const measure = () =>
      setTopPx(Math.round((box.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={box} className="min-h-96" style={{ height: `calc(100dvh - ${topPx}px)` }}>
      <LiveLogViewer organization={org} server={server} className="h-full" />
    </div>
  );
}
