import type { Attachment, DoctorCheck, Era, SmokeReport } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx } from "../../access/index.ts";
import { smokeToolsList } from "../../checks/index.ts";
import type { GatewayRow } from "../gateway-row.ts";
import { type Finding, fail, pass, skip, timed, toCheck, warn } from "./check.ts";

const ERAS: readonly Era[] = ["modern", "legacy"];

interface ToolsOptions {
  ctx: Ctx;
  /** A key or an access token; never repeated in a finding. */
  credential: string | undefined;
  timeoutMs: number;
}

/** Goes through the door and lists the tools in both eras, as a client would. */
export async function checkTools(
  gateway: GatewayRow,
  { url, serverSlug }: Attachment,
  { ctx, credential, timeoutMs }: ToolsOptions,
): Promise<DoctorCheck[]> {
  if (credential === undefined && !gateway.access.includes("public")) {
    const how = gateway.access.includes("key")
      ? "Run the doctor with a key of this gateway."
      : "Run the doctor with an access token of the authorization server.";
    return [
      toCheck("tools-list", skip("Nobody gets in without a credential, and none was given.", how)),
      toCheck("tool-count", skip("The tools were not listed.")),
    ];
  }
  const headers: Record<string, string> =
    credential === undefined ? {} : { authorization: `Bearer ${credential}` };
  const smoke = (era: Era) =>
    smokeToolsList({
      serverSlug,
      url,
      headers,
      era,
      fetch: ctx.doors.publicFetch,
      timeoutMs,
      clock: ctx.clock,
      ids: ctx.ids,
    });
  const { check, value } = await timed(ctx.clock, "tools-list", async () => {
    const reports = await Promise.all(ERAS.map(smoke));
    return { ...judgeReports(reports), reports };
  });
  return [check, toCheck("tool-count", judgeCount(value.reports))];
}

const worked = (report: SmokeReport): boolean => report.status === "passed";
const toolsOf = (reports: readonly SmokeReport[]): number | null => reports.find(worked)?.toolCount ?? null;

function judgeReports(reports: readonly SmokeReport[]): Finding {
  const passed = ERAS.filter((_era, index) => reports[index]?.status === "passed");
  const failed = reports.find((report) => !worked(report))?.failure;
  if (passed.length === ERAS.length) return pass(`Works in both protocol eras; ${toolsOf(reports)} tools.`);
  if (passed.length === 0)
    return fail(failed?.message ?? "tools/list does not work.", failed?.fix ?? "Look at the gateway's log.");
  const missing = ERAS.filter((era) => !passed.includes(era)).join(", ");
  return warn(
    `Works in the ${passed.join(", ")} era, not in the ${missing} one: ${failed?.message ?? "no answer"}`,
    `Clients that speak only the ${missing} protocol cannot use this server. Update the server's MCP library.`,
  );
}

function judgeCount(reports: readonly SmokeReport[]): Finding {
  const tools = toolsOf(reports);
  const max = limits.gateways.clientToolsMax;
  if (tools === null) return skip("The tools were not listed.");
  if (tools === 0)
    return warn(
      "The list is empty: no grant of this caller matches a tool.",
      "Add a grant for this caller, or correct its tool patterns.",
    );
  if (tools > max)
    return warn(
      `${tools} tools are visible; popular clients show at most ${max}.`,
      "Let the grants of this gateway name fewer tools, or split the server.",
    );
  return pass(`${tools} visible ${tools === 1 ? "tool" : "tools"}.`);
}
