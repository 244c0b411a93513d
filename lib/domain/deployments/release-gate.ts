import { CheckPolicy, type Era, type SmokeReport, type ToolCallResult } from "#lib/contract/index.ts";
import { DomainError, type ErrorCode, toDomainError } from "#lib/kernel/errors.ts";
import type { Trial, TrialAnswer } from "../access/index.ts";
import { judgeCanary, storableReport } from "../checks/index.ts";
import type { ServerRow } from "../servers/index.ts";
import { type OperationProgress, orAborted } from "./operation-progress.ts";
import { STEP } from "./operation-steps.ts";

const ERAS = ["legacy", "modern"] as const satisfies readonly Era[];

/** Of the answer of a canary that failed, this much is told. */
const ANSWER_CHARACTERS_MAX = 200;

/** What one era showed in all regions: the answer of the first region that failed, else of the first. */
interface EraOutcome {
  era: Era;
  answer: TrialAnswer<SmokeReport>;
  region: string;
  passed: boolean;
  durationMs: number;
}

/** What must pass, and how a failure is called. */
export interface Gate {
  server: ServerRow;
  trials: readonly Trial[];
  progress: OperationProgress;
  /** The code of a refusal: `bundle_refused` for code of ours, `upstream_failed` for somebody else's server. */
  refusal: Extract<ErrorCode, "bundle_refused" | "upstream_failed">;
}

/**
 * What a server must show before traffic reaches it, in every region: its tools in at least one era (in both when the
 * policy says so), the tools that are expected of it, and its canary. Answers what the smoke saw. Throws the refusal
 * with the reason.
 */
export async function passGate(gate: Gate): Promise<SmokeReport> {
  const policy = CheckPolicy.parse(gate.server.checkPolicy);
  const report = await listTools(gate, policy.requireBothEras);
  await expectTools(gate, policy.expectedTools, report);
  await callCanary(gate, policy.canary);
  return { ...storableReport(report), server: gate.server.slug };
}

async function listTools(gate: Gate, requireBoth: boolean): Promise<SmokeReport> {
  const { progress } = gate;
  for (const era of ERAS) progress.note(STEP[era], "running");
  const outcomes = await orAborted(
    progress.signal,
    Promise.all(ERAS.map((era) => listToolsIn(era, gate))),
  ).catch((error: unknown) => {
    // Not what the server did: it was canceled, or an edge went away. Neither era was judged.
    for (const era of ERAS) progress.note(STEP[era], "failed", null, toDomainError(error).message);
    throw error;
  });
  const passed = outcomes.filter((outcome) => outcome.passed);
  const failed = outcomes.filter((outcome) => !outcome.passed);
  for (const { era, answer, durationMs } of passed)
    progress.note(STEP[era], "succeeded", durationMs, toolsOf(answer.report));
  // A server need not speak both eras. One that dies of being asked is broken in any case.
  const isFatal = passed.length === 0 || requireBoth || failed.some(({ answer }) => answer.exit !== null);
  for (const { era, answer, durationMs } of failed) {
    const words = wordsOf(answer, gate);
    progress.note(
      STEP[era],
      isFatal ? "failed" : "skipped",
      durationMs,
      isFatal ? words : `Not spoken: ${words}`,
    );
  }
  const modern = passed.find(({ era }) => era === "modern") ?? passed[0];
  const blamed = mostTelling(failed);
  if (modern && (!isFatal || !blamed)) return modern.answer.report;
  throw refused(
    gate,
    blamed ? inRegion(gate, blamed.region, wordsOf(blamed.answer, gate)) : "",
    "tools/list",
  );
}

async function listToolsIn(era: Era, gate: Gate): Promise<EraOutcome> {
  const answers = await askAll(gate, (trial) => trial.listTools(era));
  const failure = answers.find(({ answer }) => !isPassed(answer));
  const first = failure ?? answers[0];
  if (!first) throw new DomainError("unavailable", "No edge could try the server. Is one running?");
  const durationMs = Math.max(...answers.map(({ answer }) => answer.report.durationMs));
  return { era, ...first, passed: failure === undefined, durationMs };
}

/** What every trial answered. Throws what one could not be asked for, with its region. */
const askAll = <Answer>(
  gate: Gate,
  ask: (trial: Trial) => Promise<Answer>,
): Promise<{ region: string; answer: Answer }[]> =>
  Promise.all(
    gate.trials.map(async (trial) => {
      try {
        return { region: trial.region, answer: await ask(trial) };
      } catch (cause) {
        const { code, message, details } = toDomainError(cause);
        throw new DomainError(code, inRegion(gate, trial.region, message), { details, cause });
      }
    }),
  );

const isPassed = ({ report, exit }: TrialAnswer<SmokeReport>): boolean =>
  report.status === "passed" && exit === null;

/** Of two failures the one that ended the runtime, else the one in the era that the server speaks: it got further. */
const mostTelling = (failed: readonly EraOutcome[]): EraOutcome | undefined =>
  failed.find(({ answer }) => answer.exit !== null && answer.report.failure !== null) ??
  failed.find(({ answer }) => answer.report.failure?.step === "tools/list") ??
  failed[0];

const toolsOf = ({ toolCount }: SmokeReport): string => `${toolCount} tool${toolCount === 1 ? "" : "s"}`;

function wordsOf(
  { report, exit }: TrialAnswer<Pick<SmokeReport, "failure">>,
  { refusal }: Pick<Gate, "refusal">,
): string {
  if (report.failure === null) return exit ?? "It did not pass.";
  const { message, fix } = report.failure;
  const words = refusal === "upstream_failed" && fix !== "" ? `${message} ${fix}` : message;
  return exit === null ? words : `${exit} (${words})`;
}

/** What a tool answered in text, as far as a reason needs it; empty when it answered none. */
function answerOf({ content }: ToolCallResult): string {
  const texts = content.flatMap((part) => {
    const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
    return type === "text" && typeof text === "string" ? [text] : [];
  });
  const said = texts.join(" ");
  if (said === "") return "";
  return ` It answered: ${said.length > ANSWER_CHARACTERS_MAX ? `${said.slice(0, ANSWER_CHARACTERS_MAX)}…` : said}`;
}

/** Several regions are told apart; one alone needs no name. */
const inRegion = ({ trials }: Gate, region: string, words: string): string =>
  trials.length > 1 ? `In ${region}: ${words}` : words;

const refused = ({ refusal }: Gate, message: string, step: string): DomainError =>
  new DomainError(refusal, message, { details: { step } });

async function expectTools(gate: Gate, expected: readonly string[], report: SmokeReport): Promise<void> {
  const { progress } = gate;
  if (expected.length === 0) {
    progress.note(STEP.expectedTools, "skipped", null, "None are declared for this server.");
    return;
  }
  await progress.run(STEP.expectedTools, async () => {
    const names = new Set(report.tools.map(({ name }) => name));
    const missing = expected.filter((name) => !names.has(name));
    if (missing.length > 0)
      throw refused(
        gate,
        `Expected tools are missing: ${missing.join(", ")}. The server lists ${[...names].join(", ") || "none"}.`,
        STEP.expectedTools,
      );
    return { value: undefined, detail: `All ${expected.length} there` };
  });
}

async function callCanary(gate: Gate, canary: CheckPolicy["canary"]): Promise<void> {
  const { progress } = gate;
  if (canary === null) {
    progress.note(STEP.canary, "skipped", null, "No canary is declared for this server.");
    return;
  }
  await progress.run(STEP.canary, async () => {
    const answers = await askAll(gate, (trial) => trial.callTool(canary));
    for (const { region, answer } of answers) {
      const judged = { ...answer, report: judgeCanary(answer.report, canary) };
      if (judged.report.status === "passed" && judged.exit === null) continue;
      const words = `The canary ${canary.tool} failed: ${wordsOf(judged, gate)}${answerOf(answer.report)}`;
      throw refused(gate, inRegion(gate, region, words), STEP.canary);
    }
    return { value: undefined, detail: `${canary.tool} answered as expected` };
  });
}
