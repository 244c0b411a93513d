import type { HostingCheck, RegionCheck } from "#lib/contract/index.ts";
import { plainText } from "#lib/kernel/terminal-text.ts";
import { argument, type CommandCall, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { type Cell, emit, facts, table } from "../output.ts";

/** Checks a server on every edge, a row per region and step; a check that failed is a failed gate. */
export const serversChecks: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const path = `${await session.serverPath(argument(call, "server"))}/hosting-checks`;
  if (call.options.history === true) return showHistory(call, await api.get<HostingCheck[]>(path));
  const check = await api.post<HostingCheck>(path);
  emit(
    io,
    format,
    check,
    () =>
      facts([
        ["Server", check.server],
        ["Status", check.status],
        ["Duration", milliseconds(check.durationMs)],
      ]) + (check.regions.length === 0 ? "" : `\n${stepTable(check.regions)}`),
  );
  tellFixes(call, check);
  return check.status === "failed" ? EXIT.gateFailed : EXIT.ok;
};

function showHistory({ io, format }: CommandCall, checks: readonly HostingCheck[]) {
  emit(io, format, checks, () =>
    table(
      ["CHECKED", "STATUS", "REGIONS", "DURATION", "FOUND"],
      checks.map((check) => [
        check.checkedAt,
        check.status,
        check.regions.map(({ region }) => region).join(", "),
        milliseconds(check.durationMs),
        foundIn(check),
      ]),
      "No hosting check ran yet. Run one with `mcpstack servers checks <server>`.",
    ),
  );
  return EXIT.ok;
}

const stepTable = (regions: readonly RegionCheck[]): string =>
  table(
    ["REGION", "NODE", "STEP", "STATUS", "DURATION", "DETAIL"],
    regions.flatMap(({ region, node, steps }) =>
      steps.map((step): Cell[] => [
        region,
        node,
        step.name,
        step.status,
        step.status === "skipped" ? null : milliseconds(step.durationMs),
        step.detail,
      ]),
    ),
    "",
  );

/** The first step that did not pass, or why nothing was checked. */
function foundIn({ error, regions, status }: HostingCheck): string | null {
  if (error !== null) return error;
  for (const { region, steps } of regions) {
    const step = steps.find((one) => one.status === status && status !== "passed");
    if (step) return `${region}: ${step.name}: ${step.detail}`;
  }
  return null;
}

/** Tells beside the data what needs a hand, and what to do. */
function tellFixes({ io }: CommandCall, { error, regions }: HostingCheck): void {
  if (error !== null) io.err(`${plainText(error)}\n`);
  for (const { region, node, steps } of regions) {
    for (const step of steps.filter(({ status }) => status === "failed" || status === "warned")) {
      const verb = step.status === "failed" ? "Failed" : "Warning";
      io.err(
        `${verb} in ${plainText(region)} (${plainText(node)}) at ${step.name}: ${plainText(step.detail)}\n`,
      );
      if (step.fix !== "") io.err(`  → ${plainText(step.fix)}\n`);
    }
  }
}

const milliseconds = (ms: number): string => `${Math.round(ms)} ms`;
