import type { DoctorCheck } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";

/** What a check found, without its name and time. `fix` may be left out where nothing is to do. */
export interface Finding {
  status: DoctorCheck["status"];
  detail: string;
  fix?: string;
}

export const pass = (detail: string): Finding => ({ status: "pass", detail });
export const warn = (detail: string, fix: string): Finding => ({ status: "warn", detail, fix });
export const fail = (detail: string, fix: string): Finding => ({ status: "fail", detail, fix });
export const skip = (detail: string, fix = ""): Finding => ({ status: "skip", detail, fix });

const TITLES = {
  servers: "Servers behind the gateway",
  grants: "Grants",
  "authorization-server": "Authorization server metadata",
  pkce: "PKCE with S256",
  registration: "Client registration",
  jwks: "Signing keys",
  active: "Server is active",
  https: "HTTPS",
  "protected-resource-metadata": "Protected resource metadata",
  challenge: "Challenge",
  audience: "Audience",
  "tools-list": "tools/list",
  "tool-count": "Number of tools",
} as const;
export type CheckId = keyof typeof TITLES;

export const toCheck = (id: CheckId, finding: Finding, durationMs = 0): DoctorCheck => ({
  id,
  title: TITLES[id],
  status: finding.status,
  detail: finding.detail,
  fix: finding.fix ?? "",
  durationMs: Math.round(durationMs * 10) / 10,
});

/** Runs one check and takes its time. */
export async function timed<Value extends Finding>(
  clock: Clock,
  id: CheckId,
  work: () => Promise<Value>,
): Promise<{ check: DoctorCheck; value: Value }> {
  const startedMs = clock.monotonicMs();
  const value = await work();
  return { check: toCheck(id, value, clock.monotonicMs() - startedMs), value };
}
