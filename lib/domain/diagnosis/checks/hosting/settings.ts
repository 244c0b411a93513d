import type { VerdictCode } from "#lib/contract/index.ts";
import { doesNotApply, notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { isClosed } from "../../facts/doors.ts";
import { logPath, serverPath, settingRef, valueRef } from "../../facts/refs.ts";
import { counted, said } from "../../facts/words.ts";

export const status: Check = {
  id: "hosting.status",
  stage: "hosting",
  title: "Status of the server",
  needs: [],
  run(evidence) {
    const { server } = evidence.subject;
    const lookedAt = "Whether the server is there, active and published.";
    if (server === null) return doesNotApply(lookedAt, "No server was named.");
    const path = serverPath(evidence, "/hosting");
    const of = (finding: string, supports: VerdictCode[], fix: string) => ({
      status: "fail" as const,
      lookedAt,
      finding,
      evidence: [settingRef("subject.server.status", finding, path)],
      supports,
      fix: [fix],
    });
    if (server.isDeleted)
      return of(
        `${said(server.name)} was deleted.`,
        ["server_deleted"],
        "Create it again, or point its clients elsewhere.",
      );
    if (server.kind === "hosted" && server.version === null)
      return of(
        `${said(server.name)} has no published version.`,
        ["not_published"],
        "Publish a version on its Hosting page.",
      );
    if (server.status !== "active")
      return of(
        `${said(server.name)} is ${said(server.status)}.`,
        ["server_inactive"],
        "Activate it on its Hosting page.",
      );
    return {
      status: "pass",
      lookedAt,
      finding: `${said(server.name)} is active${server.version === null ? "" : ` and serves version ${said(server.version)}`}.`,
      evidence: [settingRef("subject.server.status", "active", path, server.publishedAt)],
      rulesOut: ["server_inactive", "not_published", "server_deleted"],
    };
  },
};

export const urls: Check = {
  id: "hosting.urls",
  stage: "hosting",
  title: "URL in use",
  needs: ["hosting.urls", "logs.counts"],
  run(evidence) {
    const door = valueIn(evidence.hosting.urls);
    const counts = valueIn(evidence.logs.counts);
    const lookedAt = "The active MCP URL against the one that clients call.";
    if (door === null || counts === null) return notKnown(lookedAt);
    if (isClosed(evidence))
      return {
        status: "fail",
        lookedAt,
        finding: "It has no URL that lets anybody in: direct access is off, and no gateway fronts it.",
        evidence: [
          settingRef(
            "subject.server.directAccess",
            "direct access off, no gateway",
            serverPath(evidence, "/settings"),
          ),
        ],
        supports: ["direct_access_off"],
        fix: ["Switch direct access on in the settings, or attach the server to a gateway."],
      };
    const { direct, pinned, gateway } = counts.now.byDoor;
    const active = door.gatewayUrl ?? door.directUrl;
    const told = `${counted(gateway, "request")} through the gateway, ${direct} to the direct URL, ${pinned} to the URL of one version`;
    const refs = [
      valueRef("logs.counts.now.byDoor", told, logPath(evidence)),
      settingRef("hosting.urls", `active: ${said(active, 300)}`, serverPath(evidence, "/settings")),
    ];
    const astray =
      door.gatewayUrl === null ? (direct === 0 ? pinned : 0) : gateway === 0 ? direct + pinned : 0;
    if (astray > 0)
      return {
        status: "warn",
        lookedAt,
        finding: `Clients do not use ${said(active, 300)}: ${told}.`,
        evidence: refs,
        supports: ["wrong_url"],
        fix: [`Give clients ${said(active, 300)}.`],
      };
    return {
      status: "pass",
      lookedAt,
      finding: gateway + direct + pinned === 0 ? "Nobody called any of its URLs." : `${told}.`,
      evidence: refs,
      rulesOut: gateway + direct > 0 ? ["wrong_url"] : [],
    };
  },
};

export const retention: Check = {
  id: "hosting.retention",
  stage: "hosting",
  title: "Log retention",
  needs: [],
  run(evidence, { symptom }) {
    const { server } = evidence.subject;
    const lookedAt = "How long logs of the server are kept.";
    if (server === null) return doesNotApply(lookedAt, "No server was named.");
    const path = serverPath(evidence, "/settings");
    if (server.retentionDays === 0)
      return {
        status: symptom === "empty_logs" ? "fail" : "warn",
        lookedAt,
        finding: "The retention is 0 days: logs are shown live and not kept.",
        evidence: [settingRef("subject.server.retentionDays", "0 days", path)],
        supports: ["retention_zero"],
        fix: ["Raise the retention in the settings of the server."],
      };
    return {
      status: "pass",
      lookedAt,
      finding: `Logs are kept for ${counted(server.retentionDays, "day")}.`,
      evidence: [settingRef("subject.server.retentionDays", counted(server.retentionDays, "day"), path)],
      rulesOut: ["retention_zero"],
    };
  },
};
