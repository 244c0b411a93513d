import { STAGES } from "#lib/contract/stages.ts";
import { SYMPTOMS } from "#lib/contract/symptoms.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";

const text = (value: string, summary: string): OptionSpec => ({ type: "string", value, summary });
const INCIDENT = { name: "incident" };

/** What a diagnosis is asked about. */
const QUESTION: Readonly<Record<string, OptionSpec>> = {
  agent: text("agent", "The agent that fails, by id or name"),
  tool: text("name", "The tool that fails"),
  client: text("name", "The MCP client that fails, by the name it gives"),
  request: text("id", "One call that failed, req_…"),
  symptom: { ...text("symptom", SYMPTOMS.join(", ")), choices: SYMPTOMS },
  at: text("time", "The moment in question: 2h ago or 2026-03-01T12:00:00Z (default: now)"),
  window: text("length", "How much of the time before it, 1m to 7d (default 30m)"),
  probe: { type: "boolean", summary: "--no-probe calls nothing and looks only at what is stored" },
};
const diagnosing = () => import("./commands/diagnose.ts");
const commands = () => import("./commands/incidents.ts");

/** The commands about what is wrong. An incident is named by its number or its id. */
export const INCIDENT_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["diagnose"],
    summary: "Name what is wrong, with the evidence; exits 3 for a fault, 1 when it cannot be told",
    args: [{ name: "server", isOptional: true }],
    options: {
      ...QUESTION,
      open: { type: "boolean", summary: "Open an incident about it and print its address" },
    },
    load: async () => (await diagnosing()).diagnose,
  },
  {
    path: ["incidents", "list"],
    summary: "List the incidents, newest first",
    args: [],
    options: {
      status: text("status", "open, investigating, resolved, merged; with commas"),
      server: text("slug", "Only about this server, by slug or id"),
      agent: text("agent", "Only about this agent, by id or name"),
      page: text("number", "Page, counted from 1"),
      limit: text("count", "Incidents per page (default 50)"),
    },
    load: async () => (await commands()).incidentsList,
  },
  {
    path: ["incidents", "get"],
    summary: "Show an incident with its newest diagnosis and what happened",
    args: [INCIDENT],
    options: {},
    load: async () => (await commands()).incidentsGet,
  },
  {
    path: ["incidents", "open"],
    summary: "Open an incident, or find the open one about the same, and print its address",
    args: [{ name: "server", isOptional: true }],
    options: { title: text("text", "What it is called"), ...QUESTION },
    load: async () => (await commands()).incidentsOpen,
  },
  {
    path: ["incidents", "note"],
    summary: "Write a note into an incident",
    args: [INCIDENT, { name: "text" }],
    options: {
      stage: {
        ...text("step", "The step of the walkthrough that it belongs to"),
        choices: STAGES,
      },
    },
    load: async () => (await commands()).incidentsNote,
  },
  {
    path: ["incidents", "resolve"],
    summary: "Say that an incident is over, and what ended it",
    args: [INCIDENT],
    options: { resolution: text("text", "What ended it") },
    load: async () => (await commands()).incidentsResolve,
  },
  {
    path: ["incidents", "export"],
    summary: "Write the report of an incident to standard output or a file",
    args: [INCIDENT],
    options: {
      format: {
        ...text("format", "markdown (default), json or zip"),
        choices: ["markdown", "json", "zip"],
      },
      output: { ...text("file", "Write to this file, which must not exist"), short: "o" },
      force: { type: "boolean", summary: "Replace the file" },
    },
    load: async () => (await import("./commands/incidents-export.ts")).incidentsExport,
  },
];
