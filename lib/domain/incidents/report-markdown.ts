import type { CheckResult, Diagnosis, IncidentReport, Verdict } from "#lib/contract/index.ts";
import { plain } from "./markdown-text.ts";

/** Calls that a report lists, newest first. */
const CALLS_MAX = 50;

const STAGE_TITLES: Readonly<Record<string, string>> = {
  smoke: "Smoke",
  hosting: "Hosting",
  logs: "Server logs",
  gateway: "Gateway logs",
  usage_billing: "Usage and billing",
  agent_budget: "Agent budget",
};

/** The report as Markdown: headings, tables and lists are ours, every other text is plain. */
export function reportMarkdown(report: IncidentReport): string {
  const { incident, diagnosis, events, timeline, organization, generatedAt } = report;
  const sections = [
    `# Incident ${incident.number}: ${plain(incident.title)}`,
    facts([
      ["Organization", organization],
      ["Status", incident.status],
      ["Severity", incident.severity],
      ["Server", incident.server?.name],
      ["Agent", incident.agent?.name],
      ["Tool", incident.tool],
      ["Client", incident.client],
      ["Request", incident.requestId],
      ["Moment", incident.at],
      ["Window", `${incident.window.from} to ${incident.window.to}`],
      ["Owner", incident.owner?.name],
      ["Opened", `${incident.openedAt} by ${incident.openedBy}`],
      ["Resolved", incident.resolvedAt],
      ["Resolution", incident.resolution],
      ["Merged into", incident.mergedInto === null ? null : `incident ${String(incident.mergedInto.number)}`],
    ]),
    ...(incident.override === null
      ? []
      : [
          "## Decided by a person",
          `${plain(incident.override.verdict)}, by ${plain(incident.override.by.name)} at ${plain(incident.override.at)}: ${plain(incident.override.note)}`,
        ]),
    ...(diagnosis === null ? ["## Diagnosis", "There is none yet."] : diagnosisSections(diagnosis)),
    "## What happened",
    table(
      ["Time", "Who", "What"],
      events.map(({ at, actor, text }) => [at, actor ?? "", text]),
    ),
    ...(timeline === null || timeline.calls.length === 0
      ? []
      : [
          "## Calls",
          table(
            ["Time", "Tool", "Outcome", "Last hop seen", "ms", "Missing"],
            timeline.calls
              .slice(-CALLS_MAX)
              .map(({ at, tool, outcome, lastHop, durationMs, gap }) => [
                at,
                tool ?? "",
                outcome,
                lastHop,
                String(Math.round(durationMs)),
                gap ?? "",
              ]),
          ),
        ]),
    `Made ${plain(generatedAt)}${diagnosis === null ? "." : ` from evidence ${diagnosis.evidenceSha256}.`}`,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function diagnosisSections(diagnosis: Diagnosis): string[] {
  const { headline, verdict, alternatives, ruledOut, missing, stages } = diagnosis;
  return [
    "## Diagnosis",
    `**${plain(headline) || "None"}**`,
    ...(verdict === null ? [] : verdictParts(verdict)),
    ...alternatives.flatMap((other) => ["### Also possible", plain(other.sentence), ...verdictParts(other)]),
    ...(ruledOut.length === 0 ? [] : [`Ruled out: ${ruledOut.map(plain).join(", ")}.`]),
    ...(missing.length === 0
      ? []
      : ["### What is not known", list(missing.map(({ part, why, how }) => `${part}: ${why} ${how}`))]),
    "## What was looked at",
    ...stages.flatMap(({ stage, status, checks }) => [
      `### ${STAGE_TITLES[stage] ?? plain(stage)}: ${plain(status)}`,
      table(["Check", "Result", "Found", "Evidence"], checks.map(checkCells)),
    ]),
  ];
}

const verdictParts = ({ code, hop, confidence, evidence, fix }: Verdict): string[] => [
  `Cause \`${code}\`, ${confidence}; the chain broke at: ${hop}.`,
  list(evidence.map(({ label, at }) => (at === null ? label : `${label}, ${at}`))),
  ...(fix.length === 0 ? [] : ["What to do:", list(fix)]),
];

const checkCells = ({ title, status, finding, evidence }: CheckResult): string[] => [
  title,
  status,
  finding,
  evidence.map(({ label }) => label).join("; "),
];

const list = (items: readonly string[]): string => items.map((item) => `- ${plain(item)}`).join("\n");

const facts = (rows: readonly (readonly [string, string | null | undefined])[]): string =>
  table(
    ["", ""],
    rows.flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, value]])),
  );

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ""
    : [head, head.map(() => "---")]
        .map((cells) => `| ${cells.join(" | ")} |`)
        .concat(rows.map((cells) => `| ${cells.map(plain).join(" | ")} |`))
        .join("\n");
