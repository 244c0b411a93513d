import {
  type CanaryEvidence,
  CheckPolicy,
  type Era,
  type Evidence,
  type ProbeEvidence,
  type SmokeReport,
  type ToolCallResult,
} from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { probeAsAgent, probeCanary, probeEras, toolListChange } from "../../checks/index.ts";
import { getServerRow, type ServerRow } from "../../servers/index.ts";
import { cutName, cutText, isoOf } from "./evidence-text.ts";
import { type Collection, NotCollected } from "./section.ts";
import { askedAgent, changesFromMs, presentServer } from "./windows.ts";

const { probeMs, toolsMax } = limits.incidents;

/** Fresh probes: the server in both protocol eras, its canary, and both as the agent at the agent's own door. */
export async function collectSmoke(collection: Collection): Promise<Evidence["smoke"]> {
  const { section, ctx } = collection;
  const eras = probing(collection).then((row) => probeEras(ctx, row, probeMs));
  const eraOf = async (era: Era): Promise<ProbeEvidence> => {
    const probe = (await eras)[era];
    return probeOf(probe.report, probe.isStored);
  };
  const [modern, legacy] = [
    section("smoke.modern", () => eraOf("modern")),
    section("smoke.legacy", () => eraOf("legacy")),
  ];
  const [modernSection, legacySection, canary, asAgent, canaryAsAgent, tools] = await Promise.all([
    modern,
    legacy,
    section("smoke.canary", () => canaryOf(collection, null)),
    section("smoke.asAgent", async () => {
      const { id } = askedAgent(collection.question);
      return probeOf(await probeAsAgent(ctx, await probing(collection), id, probeMs), false);
    }),
    section("smoke.canaryAsAgent", () => canaryOf(collection, askedAgent(collection.question).id)),
    // The probes may be the first to see other tools.
    Promise.all([modern, legacy]).then(() => section("smoke.tools", () => toolsOf(collection))),
  ]);
  return { modern: modernSection, legacy: legacySection, canary, asAgent, canaryAsAgent, tools };
}

/** The row of the server that may be called now. Throws when none may. */
export async function probing({ ctx, question, organizationId }: Collection): Promise<ServerRow> {
  const { id } = presentServer(question);
  if (!question.probe) throw new NotCollected("not_allowed", "Fresh checks were left out, as asked.");
  if (!ctx.scopes.has("checks:run"))
    throw new NotCollected("not_allowed", "You may not run checks. Ask a developer of the organization.");
  return getServerRow(ctx.database.db, organizationId, id);
}

async function canaryOf(collection: Collection, as: string | null): Promise<CanaryEvidence> {
  const row = await probing(collection);
  const { tool } = collection.question.subject;
  const declared = CheckPolicy.parse(row.checkPolicy).canary?.tool;
  if (as !== null && tool !== null && declared !== undefined && declared !== tool)
    throw new NotCollected("not_applicable", `The canary calls ${declared}, not ${tool}.`);
  const result = await probeCanary(collection.ctx, row, { as, timeoutMs: probeMs });
  if (result === null)
    throw new NotCollected(
      "not_applicable",
      "No canary is declared. Name a tool that may be called at any time.",
    );
  return {
    checkId: result.id,
    requestId: result.requestId,
    status: result.status,
    era: null,
    protocolVersion: null,
    durationMs: result.durationMs,
    failure: failureOf(result.failure),
    tool: cutName(result.tool),
    isToolError: result.isError,
    answer: result.status === "failed" ? answerOf(result) : null,
  };
}

const failureOf = (failure: SmokeReport["failure"]): ProbeEvidence["failure"] =>
  failure && {
    step: failure.step,
    code: failure.code,
    message: cutText(failure.message),
    fix: cutText(failure.fix),
  };

function probeOf(report: SmokeReport, isStored: boolean): ProbeEvidence {
  return {
    checkId: isStored ? report.id : null,
    requestId: report.requestId,
    status: report.status,
    era: report.era,
    protocolVersion: report.protocolVersion,
    durationMs: report.durationMs,
    failure: failureOf(report.failure),
    tools: report.tools.slice(0, toolsMax).map(({ name }) => cutName(name)),
    toolCount: report.toolCount,
  };
}

function answerOf({ content }: ToolCallResult): string | null {
  const texts = content.flatMap((part) => {
    const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
    return type === "text" && typeof text === "string" ? [text] : [];
  });
  return texts.length === 0 ? null : cutText(texts.join("\n"));
}

async function toolsOf({ ctx, question, organizationId }: Collection) {
  const { id } = presentServer(question);
  const { current, before, changedAt, added, removed, changed } = await toolListChange(
    ctx.database.db,
    { organizationId, id },
    changesFromMs(question),
  );
  const names = (all: readonly string[]) => all.slice(0, toolsMax).map(cutName);
  return {
    current: current && { ...current, seenAt: isoOf(current.seenAt) },
    before: before && { ...before, lastSeenAt: isoOf(before.lastSeenAt) },
    added: names(added),
    removed: names(removed),
    changed: changed.slice(0, toolsMax).map((tool) => ({ ...tool, name: cutName(tool.name) })),
    changedAt: changedAt && isoOf(changedAt),
  };
}
