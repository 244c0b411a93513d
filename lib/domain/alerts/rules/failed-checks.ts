import type { System } from "../../access/index.ts";
import type { State, StateRule } from "./state-rule.ts";

interface FailedCheck {
  organization_id: string;
  server_id: string;
  slug: string;
  name: string;
  tool: string | null;
  error: string | null;
  checked_at: string;
}

/** The newest `tools/list` smoke of a server failed, after there was one that passed: a server that never worked is not broken. */
export const smokeFailed: StateRule = {
  rule: "smoke_failed",
  title: "Smoke failed",
  description: "The newest tools/list smoke of an active server failed, and one before it passed.",
  async look(system) {
    const failed = await failedChecks(system, "tools-list");
    return {
      states: failed.map((check) => ({
        ...placeOf(check),
        title: `The tools/list smoke of ${check.name} fails`,
        detail: detailOf(check, "Its tools cannot be listed"),
      })),
    };
  },
};

/** The newest canary of a server failed that still declares one. */
export const canaryFailed: StateRule = {
  rule: "canary_failed",
  title: "Canary failed",
  description: "The newest canary of an active server, the tool call that its owner declared, failed.",
  async look(system) {
    const failed = await failedChecks(system, "canary");
    return {
      states: failed.map((check) => ({
        ...placeOf(check),
        title: `The canary of ${check.name} fails`,
        detail: detailOf(check, `The tool ${check.tool ?? "that it calls"} did not answer as declared`),
      })),
    };
  },
};

async function failedChecks(
  { database: { sql } }: System,
  kind: "tools-list" | "canary",
): Promise<readonly FailedCheck[]> {
  const isMeant =
    kind === "canary"
      ? sql`and jsonb_typeof(s.check_policy -> 'canary') = 'object'`
      : sql`and exists (
          select 1 from check_runs p
          where p.organization_id = s.organization_id and p.server_id = s.id and p.kind = 'tools-list'
            and p.status = 'passed')`;
  return sql<FailedCheck[]>`
    select s.organization_id, s.id as server_id, s.slug, s.name, last.tool, last.error, last.checked_at
    from servers s
    cross join lateral (
      select c.status, c.tool, c.error, c.checked_at from check_runs c
      where c.organization_id = s.organization_id and c.server_id = s.id and c.kind = ${kind}
        -- Somebody asked in an era that the server may leave out.
        and not (coalesce(c.result -> 'failure' ->> 'code', '') = 'not_offered'
          and not coalesce((s.check_policy ->> 'requireBothEras')::boolean, false))
      order by c.id desc limit 1
    ) last
    where s.deleted_at is null and s.status = 'active' and last.status = 'failed' ${isMeant}
    order by s.organization_id, s.id`;
}

const placeOf = (
  check: FailedCheck,
): Pick<State, "organizationId" | "scope" | "serverId" | "severity" | "path"> => ({
  organizationId: check.organization_id,
  scope: check.server_id,
  serverId: check.server_id,
  severity: "critical",
  path: `/servers/${check.slug}/hosting`,
});

const detailOf = (check: FailedCheck, what: string): string =>
  `${what} (${new Date(check.checked_at).toISOString()}). ${check.error ?? "No more is known."}`;
