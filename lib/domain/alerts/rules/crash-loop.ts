import { limits } from "#lib/kernel/limits.ts";
import { type System, within } from "../../access/index.ts";
import type { LastingAlert, State, StateRule } from "./state-rule.ts";

const { crashLoopMs, crashLoopCount, crashLooksAtOnceMax } = limits.alertRules;

interface Suspect {
  organization_id: string;
  id: string;
  slug: string;
  name: string;
}

/**
 * Runtimes of a hosted server that end again and again. Only the edges know; they are asked about servers with a call that a
 * runtime failed lately, and about those that were in a loop. When no edge answers, nothing is known.
 */
export const crashLoop: StateRule = {
  rule: "crash_loop",
  title: "Crash loop",
  description: `The runtimes of a hosted server ended ${crashLoopCount} times or more within ${crashLoopMs / 60_000} minutes.`,
  async look(system, _settingOf, lasting) {
    const unknown = new Set<string>();
    const states: State[] = [];
    const suspects = [...(await suspectServers(system, lasting))];
    const askNext = async (): Promise<void> => {
      for (let server = suspects.pop(); server; server = suspects.pop()) {
        const state = await stateOf(system, server);
        if (state === "unknown") unknown.add(server.id);
        else if (state) states.push(state);
      }
    };
    await Promise.all(Array.from({ length: crashLooksAtOnceMax }, askNext));
    return { states, isUnknown: ({ scope }) => unknown.has(scope) };
  },
};

async function stateOf(system: System, server: Suspect): Promise<State | "unknown" | null> {
  const sinceMs = system.clock.nowMs() - crashLoopMs;
  try {
    const crashes = await within(limits.operations.statusTimeoutMs, system.doors.runtime.crashes(server.id));
    const lately = crashes.filter(({ at }) => Date.parse(at) >= sinceMs);
    const [newest] = lately;
    if (lately.length < crashLoopCount || !newest) return null;
    return {
      organizationId: server.organization_id,
      scope: server.id,
      serverId: server.id,
      severity: "critical",
      title: `${server.name} keeps crashing`,
      detail: `Its runtimes ended ${lately.length} times within ${crashLoopMs / 60_000} minutes, last in ${newest.region}: ${newest.reason}`,
      path: `/servers/${server.slug}/hosting`,
    };
  } catch (error) {
    system.log.info({ err: error, serverId: server.id }, "no edge told whether runtimes keep ending");
    return "unknown";
  }
}

async function suspectServers(
  { database: { sql }, clock }: System,
  lasting: readonly LastingAlert[],
): Promise<readonly Suspect[]> {
  const since = new Date(clock.nowMs() - crashLoopMs).toISOString();
  const known = lasting.map(({ scope }) => scope);
  return sql<Suspect[]>`
    select s.organization_id, s.id, s.slug, s.name from servers s
    where s.deleted_at is null and s.status = 'active' and s.kind = 'hosted'
      and (s.id = any(${known}::text[]) or exists (
        select 1 from request_rollup r
        where r.organization_id = s.organization_id and r.server_id = s.id and r.outcome = 'runtime_error'
          and r.hour >= date_trunc('hour', ${since}::timestamptz)))
    order by s.id`;
}
