import type { Era, SmokeReport } from "#lib/contract/index.ts";
import { smokeToolsList } from "#lib/domain/checks/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Finding, failed, passed, warned } from "./step.ts";

/** What the owner demands of tools/list. */
export interface ToolExpectations {
  expectedTools: readonly string[];
  requireBothEras: boolean;
}

type Reports = Readonly<Record<Era, SmokeReport>>;
const ERAS: readonly Era[] = ["modern", "legacy"];
const other = (era: Era): Era => (era === "modern" ? "legacy" : "modern");
const NAMES_MAX = 10;

interface SmokeOptions {
  ownUrl(): string;
  internalSecret: string;
  clock: Clock;
  ids: IdSource;
}

/** Runs tools/list in both eras at once, through this edge, as our own traffic. */
export async function listToolsInBothEras(
  { ownUrl, internalSecret, clock, ids }: SmokeOptions,
  serverSlug: string,
  timeoutMs: number,
): Promise<Reports> {
  const list = (era: Era) =>
    smokeToolsList({
      serverSlug,
      url: `${ownUrl()}/mcp/${serverSlug}`,
      headers: { "x-mcpstack-source": "smoke", "x-mcpstack-internal": internalSecret },
      era,
      // Sooner than the step, so that the session says itself where it hangs.
      timeoutMs: Math.max(1, timeoutMs - limits.checks.closeTimeoutMs),
      clock,
      ids,
    });
  const [modern, legacy] = await Promise.all([list("modern"), list("legacy")]);
  return { modern, legacy };
}

/** What tools/list in both protocol eras amounts to. One era is enough unless the owner demands both. */
export function judgeToolsList(reports: Reports, expectations: ToolExpectations): Finding {
  const works = ERAS.filter((era) => reports[era].status === "passed");
  const [first, second] = works;
  if (first === undefined) return bothFailed(reports);
  const missing = expectations.expectedTools.filter(
    (name) => !works.every((era) => reports[era].tools.some((tool) => tool.name === name)),
  );
  if (missing.length > 0)
    return failed(
      `tools/list does not name ${missing.slice(0, NAMES_MAX).join(", ")}${missing.length > NAMES_MAX ? " and more" : ""}, which the server's checks expect.`,
      "Publish a version that has these tools, or change the expected tools in the settings.",
    );
  if (second === undefined) return oneEra(reports, first, expectations);
  const [a, b] = [reports[first].toolCount, reports[second].toolCount];
  if (a !== b)
    return warned(
      `${counted(a)} in the ${first} era and ${b} in the ${second} one.`,
      "Offer the same tools in both eras, or clients will disagree about what there is.",
    );
  return passed(`${counted(a)} in both eras: ${ERAS.map((era) => described(reports[era])).join(" and ")}.`);
}

function oneEra(reports: Reports, works: Era, { requireBothEras }: ToolExpectations): Finding {
  const broken = reports[other(works)];
  const found = `${counted(reports[works].toolCount)} in the ${works} era: ${described(reports[works])}.`;
  const { message = "It did not pass.", fix = "", step } = broken.failure ?? {};
  const said = `${found} The ${other(works)} era: ${message}`;
  if (requireBothEras) return failed(`${said} The server's checks demand both.`, fix);
  // Refused while agreeing on a version: it simply does not speak that era, which is no fault.
  if (step === "negotiate" && !FAULTS.has(broken.failure?.code ?? ""))
    return passed(`${found} It does not speak the ${other(works)} era.`);
  return warned(said, fix);
}

/** Failures that say something broke, in whichever step. */
const FAULTS: ReadonlySet<string> = new Set([
  ..."timeout too_large server_error connection_closed connection_refused connection_failed connect_timeout".split(
    " ",
  ),
  ..."runtime_failed upstream_failed unavailable limit_reached rate_limited invalid_json".split(" "),
]);

function bothFailed(reports: Reports): Finding {
  const failures = ERAS.map((era) => ({ era, failure: reports[era].failure }));
  const messages = failures.map(({ failure }) => failure?.message ?? "It did not pass.");
  const [modern = "", legacy = ""] = messages;
  // The era that got further tells more.
  const telling = failures.find(({ failure }) => failure?.step === "tools/list") ?? failures.at(-1);
  const detail = modern === legacy ? modern : `Modern era: ${modern} Legacy era: ${legacy}`;
  return failed(detail, telling?.failure?.fix ?? "");
}

const counted = (tools: number): string => `${tools} ${tools === 1 ? "tool" : "tools"}`;
const described = ({ protocolVersion, durationMs }: SmokeReport): string =>
  `${protocolVersion ?? "an unknown version"} in ${Math.round(durationMs)} ms`;
