import type { Attachment, Grant } from "#lib/contract/index.ts";
import { type Finding, fail, pass, warn } from "./check.ts";

/** Whether somebody may call something on every server, and whether a pattern looks misspelled. */
export function checkGrants(grants: readonly Grant[], attached: readonly Attachment[]): Finding {
  if (grants.length === 0)
    return fail("There is no grant, so nobody may call anything.", "Add a grant: who may call which tools.");
  const closed = attached.filter(
    ({ serverId }) => !grants.some((grant) => grant.serverId === null || grant.serverId === serverId),
  );
  if (closed.length > 0)
    return warn(
      `No grant names ${closed.map(({ serverSlug }) => serverSlug).join(", ")}, so nobody may call it.`,
      "Add a grant for it, or detach it.",
    );
  const unmatched = [...new Set(grants.flatMap((grant) => grant.unmatchedPatterns))];
  if (unmatched.length > 0)
    return warn(
      `No known tool matches ${unmatched.map((pattern) => JSON.stringify(pattern)).join(", ")}.`,
      "Correct the pattern, or run a smoke test if the tool is new.",
    );
  return pass(`${grants.length} ${grants.length === 1 ? "grant" : "grants"}; every server has one.`);
}
