import { LiveLogViewer } from "#components/log-stream/live-log-viewer.tsx";
import { benchServer } from "./bench-server.ts";

/** The viewer alone on the page. */
export default function BenchPage() {
  return (
    <main className="h-dvh">
      <LiveLogViewer organization="bench" server={benchServer} className="h-full" />
    </main>
  );
}
