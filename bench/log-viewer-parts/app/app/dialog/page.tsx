import { LiveLogDialog } from "#components/log-stream/live-log-dialog.tsx";
import { benchServer } from "../bench-server.ts";

/** The viewer behind its button. */
export default function BenchDialogPage() {
  return (
    <main className="p-6">
      <LiveLogDialog organization="bench" server={benchServer} />
    </main>
  );
}
