import type { Diagnosis, Evidence } from "#lib/contract/index.ts";
import { STAGES } from "#lib/contract/index.ts";

const AT = "2026-11-20T14:00:00.000Z";
const WINDOW = { from: "2026-11-20T13:30:00.000Z", to: AT };
const missing = { status: "missing", reason: "not_applicable", message: "Nothing was named." } as const;
const none = <Name extends string>(...names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, missing])) as Record<Name, typeof missing>;

/** Evidence of which every part is missing; what a test is about it puts in itself. */
export const bareEvidence = (organizationId: string): Evidence => ({
  schema: 1,
  collectedAt: AT,
  at: AT,
  window: WINDOW,
  before: { from: "2026-11-20T13:00:00.000Z", to: WINDOW.from },
  subject: {
    organizationId,
    organizationSlug: "acme",
    server: null,
    agent: null,
    tool: null,
    client: null,
    requestId: null,
  },
  smoke: none("modern", "legacy", "canary", "asAgent", "canaryAsAgent", "tools"),
  hosting: none("regions", "check", "crashes", "caps", "changes", "urls"),
  logs: none("counts", "errors", "failing", "unlistedTools", "console", "pipeline", "upstream", "hops"),
  gateway: none("decisions", "keys", "doctor", "reach"),
  usage: none("comparisons", "repeats", "newClients"),
  billing: none("balance", "movements", "late", "prices", "reconciliation", "payments", "metering"),
  budget: none("agent", "layers", "tools", "calls"),
});

/** A diagnosis that could not be made. `parts` replaces what a test is about. */
export const bareDiagnosis = (parts: Partial<Diagnosis> = {}): Diagnosis => ({
  schema: 1,
  status: "abstained",
  headline: "Not enough evidence.",
  verdict: null,
  alternatives: [],
  ruledOut: [],
  missing: [],
  symptom: null,
  stages: STAGES.map((stage) => ({ stage, status: "unknown", checks: [] })),
  subject: { server: null, agent: null, tool: null, client: null },
  at: AT,
  window: WINDOW,
  collectedAt: AT,
  evidenceSha256: "0".repeat(64),
  ...parts,
});
