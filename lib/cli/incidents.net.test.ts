import { mkdtemp, readFile, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  CreateIncident,
  DiagnoseInput,
  Diagnosis,
  Incident,
  type IncidentDetail,
  STAGES,
  SYMPTOMS,
} from "#lib/contract/index.ts";
import type { CliIo } from "./cli-io.ts";
import { INCIDENT_COMMANDS } from "./incident-commands.ts";
import { main } from "./main.ts";

/** An API that answers what the contract allows, with hostile text in it, and remembers what it was asked. */
const AT = "2026-03-01T12:00:00.000Z";
const EVIL = "refund\u001b[31m\u202e\u0007\nF 1 Smoke";
const subject = {
  server: { id: "srv_1", slug: "support-api", name: "Support" },
  agent: { id: "agt_1", name: "bot" },
  tool: EVIL,
  client: null,
};
const evidence = [
  { kind: "count", id: "logs.counts.now.calls", label: `0 of 14 ${EVIL}`, at: AT, path: null },
];
const verdict = {
  code: "tool_not_granted",
  sentence: `The gateway denies ${EVIL} to bot.`,
  hop: "gateway",
  confidence: "certain",
  checks: ["gateway.decisions"],
  evidence,
  fix: [`Grant ${EVIL} to bot.`],
  actions: [],
};
const diagnosisOf = (status: Diagnosis["status"]): Diagnosis =>
  Diagnosis.parse({
    schema: 1,
    status,
    headline: status === "healthy" ? "Everything that was looked at works." : "Not enough evidence.",
    verdict: status === "fault" ? verdict : null,
    alternatives:
      status === "fault"
        ? [{ ...verdict, code: "budget_exhausted", confidence: "likely", sentence: "No money." }]
        : [],
    ruledOut: [],
    missing:
      status === "abstained"
        ? [
            {
              part: "Tools list as the agent",
              why: "You may not call it.",
              how: "Use a token with checks:run.",
            },
          ]
        : [],
    symptom: null,
    stages: STAGES.map((stage) => ({
      stage,
      status: stage === "gateway" && status === "fault" ? "fail" : "pass",
      checks:
        stage === "gateway"
          ? [
              {
                id: "gateway.decisions",
                stage,
                title: "Decisions",
                status: status === "fault" ? "fail" : "pass",
                lookedAt: "decisions",
                finding: `14 of ${EVIL}`,
                evidence,
                supports: [],
                rulesOut: [],
                fix: [],
              },
            ]
          : [],
    })),
    subject,
    at: AT,
    window: { from: "2026-03-01T11:30:00.000Z", to: AT },
    collectedAt: AT,
    evidenceSha256: "0".repeat(64),
  });
const incident = Incident.parse({
  id: "inc_1",
  number: 12,
  title: `Refunds fail ${EVIL}`,
  status: "open",
  severity: "critical",
  origin: "cli",
  symptom: null,
  ...subject,
  requestId: null,
  at: AT,
  window: { from: AT, to: AT },
  owner: null,
  diagnosisStatus: "fault",
  headline: verdict.sentence,
  verdict: verdict.code,
  override: null,
  recovery: null,
  alertCount: 0,
  mergedInto: null,
  openedBy: "Ada",
  openedAt: AT,
  updatedAt: AT,
  resolvedAt: null,
  resolution: null,
});
const detail: IncidentDetail = { ...incident, diagnosis: diagnosisOf("fault"), evidence: [] };
const event = { id: "iev_1", kind: "note", at: AT, actor: "Ada", text: EVIL, stage: null, path: null };
const page = {
  data: [incident],
  page: 1,
  pageSize: 1,
  total: 2,
  totalIsCapped: false,
  nextCursor: null,
  asOf: AT,
};
const ZIP = Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe, 0x00, 0x80]);

let status: Diagnosis["status"] = "fault";
const asked: { method: string; path: string; body: unknown }[] = [];
let api: http.Server;
let apiUrl: string;
let directory: string;

function answerTo(method: string, target: string): unknown {
  const below = target.replace(/^\/api\/v1\/organizations\/acme/, "");
  if (below === "/diagnoses") return diagnosisOf(status);
  if (below.startsWith("/incidents?") || (below === "/incidents" && method === "GET")) return page;
  if (below === "/incidents") return incident;
  if (below === "/incidents/12" && method === "PATCH")
    return { ...incident, status: "resolved", resolvedAt: AT, resolution: "Granted." };
  if (below === "/incidents/12") return detail;
  if (below === "/incidents/12/events") return [event];
  if (below === "/incidents/12/notes") return event;
  if (below === "/incidents/12/export?format=zip") return ZIP;
  return below.startsWith("/incidents/12/export?") ? `# Refunds fail ${EVIL}\n` : null;
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mcpstack-incidents-"));
  api = http.createServer(async (req, res) => {
    const pieces: Buffer[] = [];
    for await (const piece of req) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString("utf8");
    asked.push({
      method: req.method ?? "",
      path: req.url ?? "",
      body: text === "" ? null : JSON.parse(text),
    });
    const answer = answerTo(req.method ?? "", req.url ?? "");
    res.statusCode = answer === null ? 404 : 200;
    if (answer === null) res.end(JSON.stringify({ code: "not_found", detail: "There is no such incident." }));
    else res.end(Buffer.isBuffer(answer) || typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterAll(async () => {
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  status = "fault";
  asked.length = 0;
});

async function run(...argv: string[]) {
  return runOn(false, ...argv);
}
async function runOn(stdoutIsTty: boolean, ...argv: string[]) {
  const said = { out: "", err: "" };
  const io: CliIo = {
    env: {
      MCPSTACK_API_URL: apiUrl,
      MCPSTACK_API_KEY: "mcpstack_sk_x",
      MCPSTACK_ORG_ID: "acme",
      XDG_CONFIG_HOME: "/nonexistent",
      NO_COLOR: "1",
    },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    outTaken: async () => undefined,
    stdoutIsTty,
    stdinIsTty: false,
    readStdin: async () => "",
    askSecret: () => Promise.reject(new Error("a command without a terminal must not ask")),
    onInterrupt: () => () => {},
    homeDirectory: "/nonexistent",
    nowMs: () => Date.parse(AT),
  };
  return { code: await main(argv, io), ...said };
}
/** Nothing that a terminal acts on, and no line that poses as another one. */
const expectHarmless = (text: string) => {
  for (const character of "\u001b\u202e\u0007") expect(text).not.toContain(character);
  expect(text).not.toMatch(/^F 1 Smoke$/m);
};

test.each([
  ["fault", 3],
  ["healthy", 0],
  ["abstained", 1],
] as const)("a diagnosis that is %s exits %d in every output format", async (given, code) => {
  status = given;
  for (const format of ["table", "json", "yaml"]) {
    const answer = await run("diagnose", "support-api", "-o", format);
    expect(answer.code, format).toBe(code);
    if (format === "json") expect(Diagnosis.parse(JSON.parse(answer.out)).status).toBe(given);
    expect(answer.err.includes("Tools list as the agent is missing"), format).toBe(given === "abstained");
    if (format !== "yaml") expectHarmless(answer.out);
  }
});

test("a verdict comes with its hop, evidence, fix and alternatives, then the six steps in order", async () => {
  const { out } = await run("diagnose", "support-api");
  const [first = ""] = out.split("\n");
  expect(first).toBe("The gateway denies refund F 1 Smoke to bot.");
  for (const part of [
    /Cause +tool_not_granted \(certain\)/,
    /Broke at +the gateway/,
    /Evidence\n {2}- 0 of 14 refund F 1 Smoke {2}\[logs\.counts\.now\.calls\]/,
    /What to do\n {2}→ Grant refund/,
    /It may also be\n {2}- No money\. \(budget_exhausted, likely\)/,
    /P 1 Smoke\nP 2 Hosting\nP 3 Server logs\nF 4 Gateway logs\n {4}F Decisions: 14 of refund F 1 Smoke\nP 5 Usage and billing\nP 6 Agent budget\n/,
  ])
    expect(out).toMatch(part);
});

test("what is asked goes to the API as the contract has it, and all symptoms can be named", async () => {
  await run(
    ...["diagnose", "support-api", "--agent", "bot", "--tool", "refund", "--client", "claude"],
    ...["--symptom", "agent_fails", "--at", "2h", "--window", "1h", "--no-probe", "--request", "req_1"],
  );
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ method: "POST", path: "/api/v1/organizations/acme/diagnoses" });
  expect(DiagnoseInput.strict().parse(asked[0]?.body)).toEqual({
    server: "support-api",
    agent: "bot",
    tool: "refund",
    client: "claude",
    requestId: "req_1",
    symptom: "agent_fails",
    at: "2026-03-01T10:00:00.000Z",
    windowMs: 3_600_000,
    probe: false,
  });
  await run("diagnose");
  expect(asked[1]?.body).toEqual({});
  const spec = INCIDENT_COMMANDS.find(({ path: [first] }) => first === "diagnose");
  expect(spec?.options.symptom?.choices).toEqual([...SYMPTOMS]);
});

test.each([
  [["--window", "30"], /no length of 1m to 7d/],
  [["--window", "30s"], /no length of 1m to 7d/],
  [["--window", "3650d"], /no length of 1m to 7d/],
  [["--window", "-5m"], /ambiguous|no length/],
  [["--at", "yesterday"], /--at "yesterday" is no time/],
  [["--symptom", "sad"], /--symptom must be one of empty_logs/],
])("%j is refused before anything is asked, and says what is allowed", async (argv, message) => {
  const { code, err } = await run("diagnose", "support-api", ...argv);
  expect(code).toBe(2);
  expect(err).toMatch(message);
  expect(asked).toEqual([]);
});

test("--open opens an incident about the same question and says where it is", async () => {
  const { code, out, err } = await run("diagnose", "support-api", "--tool", "refund", "--open", "--json");
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({
    status: "fault",
    incident: { id: "inc_1", number: 12, url: `${apiUrl}/acme/incidents/12` },
  });
  expect(err).toContain(`#12: ${apiUrl}/acme/incidents/12`);
  expect(CreateIncident.strict().parse(asked[1]?.body)).toMatchObject({
    server: "support-api",
    tool: "refund",
    origin: "cli",
  });
});

test("incidents are listed, read, opened, noted and resolved, and hostile titles do nothing", async () => {
  const listed = await run("incidents", "list", "--status", "open,investigating", "--limit", "1");
  expect(listed.out).toMatch(/#12 +open +critical +support-api, bot/);
  expect(listed.err).toContain("1 of 2. Go on with --page 2");
  expect(asked[0]?.path).toBe("/api/v1/organizations/acme/incidents?status=open%2Cinvestigating&pageSize=1");
  const got = await run("incidents", "get", "#12");
  expect(got.out).toMatch(/Cause +tool_not_granted \(certain\)[\s\S]*note +Ada +refund/);
  const opened = await run("incidents", "open", "support-api", "--title", "Refunds fail");
  expect(opened.out).toContain(`${apiUrl}/acme/incidents/12`);
  const noted = await run("incidents", "note", "12", "Looked at it", "--stage", "gateway");
  expect(asked.at(-1)?.body).toEqual({ text: "Looked at it", stage: "gateway" });
  const resolved = await run("incidents", "resolve", "12", "--resolution", "Granted.");
  expect(asked.at(-1)?.body).toEqual({ status: "resolved", resolution: "Granted." });
  expect(resolved.out).toMatch(/Resolved +2026-03-01T12:00:00.000Z Granted\./);
  for (const { code, out } of [listed, got, opened, noted, resolved]) {
    expect(code).toBe(0);
    expectHarmless(out);
  }
  expect((await run("incidents", "get", "13")).code).toBe(5);
});

test("a report is exported as it is to a file and a pipe, and harmless on a terminal", async () => {
  const terminal = await runOn(true, "incidents", "export", "12");
  for (const character of "\u001b\u202e\u0007") expect(terminal.out).not.toContain(character);
  expect((await run("incidents", "export", "12")).out).toBe(`# Refunds fail ${EVIL}\n`);
  const file = path.join(directory, "report.zip");
  const saved = await run("incidents", "export", "12", "--format", "zip", "--output", file);
  expect(saved).toMatchObject({ code: 0, err: `Wrote 8 bytes to ${file}.\n` });
  expect(await readFile(file)).toEqual(ZIP);
  expect((await run("incidents", "export", "12", "--format", "zip", "-o", file)).err).toContain("--force");
  expect((await run("incidents", "export", "12", "--format", "zip")).code).toBe(2);
});
