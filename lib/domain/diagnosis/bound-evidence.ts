import type { Evidence } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";

const GROUPS = ["smoke", "hosting", "logs", "gateway", "usage", "billing", "budget"] as const;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The evidence in at most `bytesMax`: while it is larger, its largest section becomes a missing one that says so. */
export function boundEvidence(
  evidence: Evidence,
  bytesMax: number = limits.incidents.evidenceBytesMax,
): Evidence {
  let excess = bytesOf(evidence) - bytesMax;
  if (excess <= 0) return evidence;
  const sections = GROUPS.flatMap((group) =>
    Object.entries<unknown>(evidence[group]).map(([name, section]) => ({
      group,
      name,
      bytes: bytesOf(section),
    })),
  ).sort((a, b) => b.bytes - a.bytes);
  const bounded: Evidence = { ...evidence };
  for (const { group, name, bytes } of sections) {
    if (excess <= 0) break;
    const left = {
      status: "missing",
      reason: "failed",
      message: `It is too large to be kept: ${bytes} bytes.`,
    };
    Object.assign(bounded, { [group]: { ...bounded[group], [name]: left } });
    excess -= bytes - bytesOf(left);
  }
  return bounded;
}
