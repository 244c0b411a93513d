import { ServerStatusPill } from "#components/servers/server-status-pill.tsx";
import { Pill } from "#components/ui/pill.tsx";
import type { ServerStatus } from "#lib/contract/index.ts";

const KNOWN = { draft: true, active: true, inactive: true } as const satisfies Record<ServerStatus, true>;
const isKnown = (status: string): status is ServerStatus => Object.hasOwn(KNOWN, status);

/** Whether an attached server serves. */
export function AttachedServerStatus({ status }: { status: string }) {
  return isKnown(status) ? <ServerStatusPill status={status} /> : <Pill tone="unknown">{status}</Pill>;
}
