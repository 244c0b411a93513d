import { createHash } from "node:crypto";
import type { Evidence } from "#lib/contract/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";

/** SHA-256 of the evidence as canonical JSON, hexadecimal: evidence that says the same has the same one. */
export const evidenceSha256 = (evidence: Evidence): string =>
  createHash("sha256").update(canonicalJson(evidence)).digest("hex");
