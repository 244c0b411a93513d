import type { CheckResult, Diagnosis, Verdict } from "#lib/contract/index.ts";
import { plainLine } from "#lib/kernel/terminal-text.ts";
import { coloured } from "./log-line-text.ts";
import { facts } from "./output.ts";

type Status = CheckResult["status"];

const LETTERS: Readonly<Record<Status, string>> = {
  pass: "P",
  fail: "F",
  warn: "W",
  unknown: "?",
  skipped: "-",
};
const LETTER_COLOURS: Readonly<Record<Status, string>> = {
  pass: "32",
  fail: "31",
  warn: "33",
  unknown: "35",
  skipped: "90",
};
const STAGE_NAMES: Readonly<Record<string, string>> = {
  smoke: "Smoke",
  hosting: "Hosting",
  logs: "Server logs",
  gateway: "Gateway logs",
  usage_billing: "Usage and billing",
  agent_budget: "Agent budget",
};
const HOP_NAMES: Readonly<Record<string, string>> = {
  client: "the client",
  gateway: "the gateway",
  runtime: "the server",
  upstream: "the upstream",
  ledger: "the ledger",
  logs: "the log pipeline",
};

/** A diagnosis as people read it: the cause, what it stands on, what to do, then the six steps. */
export function diagnosisText(diagnosis: Diagnosis, isColoured: boolean): string {
  return [
    headText(diagnosis, isColoured),
    diagnosis.verdict === null ? "" : verdictText(diagnosis.verdict),
    alternativesText(diagnosis.alternatives),
    missingText(diagnosis.missing),
    stepsText(diagnosis.stages, isColoured),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function headText(diagnosis: Diagnosis, isColoured: boolean): string {
  const { status, subject, window, verdict } = diagnosis;
  const colour = { fault: "31", healthy: "32", abstained: "33" }[status];
  const about = [
    subject.server?.slug,
    subject.agent && `agent ${subject.agent.name}`,
    subject.tool && `tool ${subject.tool}`,
    subject.client && `client ${subject.client}`,
  ].filter((part) => typeof part === "string" && part !== "");
  return `${coloured(plainLine(verdict?.sentence ?? diagnosis.headline), colour, isColoured)}\n\n${facts([
    ["Result", status],
    ...(verdict === null
      ? []
      : ([
          ["Cause", `${verdict.code} (${verdict.confidence})`],
          ["Broke at", HOP_NAMES[verdict.hop] ?? verdict.hop],
        ] as const)),
    ["About", about.length === 0 ? "the organization" : about.join(", ")],
    ["Window", `${window.from} – ${window.to}`],
  ])}`;
}

const list = (heading: string, lines: readonly string[], sign = "-"): string =>
  lines.length === 0 ? "" : `${heading}\n${lines.map((line) => `  ${sign} ${line}\n`).join("")}`;

const evidenceLine = ({ label, id, at }: Verdict["evidence"][number]): string =>
  `${plainLine(label)}  [${plainLine(id)}]${at === null ? "" : ` ${at}`}`;

const verdictText = ({ evidence, fix }: Verdict): string =>
  [list("Evidence", evidence.map(evidenceLine)), list("What to do", fix.map(plainLine), "→")]
    .filter((part) => part !== "")
    .join("\n");

const alternativesText = (alternatives: readonly Verdict[]): string =>
  list(
    "It may also be",
    alternatives.map(({ code, confidence, sentence }) => `${plainLine(sentence)} (${code}, ${confidence})`),
  );

const missingText = (missing: Diagnosis["missing"]): string =>
  list(
    "Not known",
    missing.map(
      ({ part, why, how }) => `${part}: ${plainLine(why)}${how === "" ? "" : ` ${plainLine(how)}`}`,
    ),
  );

/** The six steps in their order; of their checks those that are not simply fine. */
function stepsText(stages: Diagnosis["stages"], isColoured: boolean): string {
  const letter = (status: Status) => coloured(LETTERS[status] ?? "?", LETTER_COLOURS[status], isColoured);
  const lines = stages.flatMap(({ stage, status, checks }, index) => {
    const passed = checks.filter((check) => check.status === "pass").length;
    return [
      `${letter(status)} ${index + 1} ${STAGE_NAMES[stage] ?? plainLine(stage)}${passed === 0 ? "" : `, ${passed} passed`}`,
      ...checks
        .filter((check) => check.status !== "pass" && check.status !== "skipped")
        .map((check) => `    ${letter(check.status)} ${plainLine(check.title)}: ${plainLine(check.finding)}`),
    ];
  });
  return `${lines.join("\n")}\nP passed, F failed, W warning, ? not known, - not asked; --json has every check\n`;
}
