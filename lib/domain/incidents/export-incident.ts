import { strToU8, zipSync } from "fflate";
import { type Evidence, IncidentExportQuery, type IncidentReport } from "#lib/contract/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { query } from "../access/index.ts";
import { csv } from "../csv/index.ts";
import { reportFor } from "./incident-report.ts";
import { getIncidentRow, IncidentRef } from "./incident-row.ts";
import { redactedJson, reportRedactor } from "./redact-report.ts";
import { reportMarkdown } from "./report-markdown.ts";
import { readEvidence } from "./stored-diagnoses.ts";

interface ExportedFile {
  readonly contentType: string;
  readonly fileName: string;
  readonly content: string | Uint8Array;
}

/**
 * The report of an incident as a file, secrets taken out once more: Markdown, JSON (the contract's `IncidentReport`), or a zip
 * of both with the newest evidence and the timeline. Shows what the caller may see; those two need `logs:read`.
 */
export const exportIncident = query({
  name: "incident.export",
  scope: "incidents:read",
  input: IncidentRef.extend(IncidentExportQuery.shape),
  run: async (ctx, { incident, format }): Promise<ExportedFile> => {
    const { db } = ctx.database;
    const row = await getIncidentRow(db, ctx.organization.id, incident);
    const report = await reportFor(ctx, row);
    const name = `incident-${row.number}`;
    if (format === "markdown")
      return {
        contentType: "text/markdown; charset=utf-8",
        fileName: `${name}.md`,
        content: reportMarkdown(report),
      };
    if (format === "json")
      return {
        contentType: "application/json",
        fileName: `${name}.json`,
        content: `${JSON.stringify(report, null, 2)}\n`,
      };
    const evidence = ctx.scopes.has("logs:read")
      ? await newestEvidence(() => readEvidence({ ...ctx, db }, row, null))
      : null;
    return {
      contentType: "application/zip",
      fileName: `${name}.zip`,
      content: zipped(report, evidence && redactedJson(evidence, reportRedactor(row.id))),
    };
  },
});

/** Null before the first diagnosis. */
async function newestEvidence(read: () => Promise<Evidence>): Promise<Evidence | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return null;
    throw error;
  }
}

/** Canonical JSON, so that what nobody had to redact still has the hash that the diagnosis names. */
function zipped(report: IncidentReport, evidence: Evidence | null): Uint8Array {
  return zipSync(
    {
      "report.md": strToU8(reportMarkdown(report)),
      ...(report.diagnosis && { "diagnosis.json": strToU8(canonicalJson(report.diagnosis)) }),
      ...(evidence && { "evidence.json": strToU8(canonicalJson(evidence)) }),
      "timeline.csv": strToU8(timelineCsv(report)),
    },
    { mtime: report.generatedAt },
  );
}

const timelineCsv = ({ timeline }: IncidentReport): string =>
  csv([
    ["at", "lane", "level", "text", "durationMs", "requestId", "join"],
    ...(timeline?.marks ?? []).map(({ at, lane, level, text, durationMs, requestId, join }) => [
      at,
      lane,
      level,
      text,
      durationMs,
      requestId,
      join,
    ]),
  ]);
