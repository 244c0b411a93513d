import type { VerdictCode } from "#lib/contract/index.ts";
import type { Check } from "../check.ts";
import { changeBefore, configurationsOf, deploymentsOf } from "../facts/changes.ts";
import { valueIn } from "../facts/collected.ts";
import { isClosed } from "../facts/doors.ts";
import { failuresOfKind } from "../facts/failures.ts";
import { logPath, serverPath, settingRef, valueRef } from "../facts/refs.ts";
import { isPlaceDown, regionsDown } from "../facts/regions.ts";
import { bytes, clock, counted, listed, milliseconds, quoted, said } from "../facts/words.ts";

const status: Check = {
  id: "hosting.status",
  stage: "hosting",
  title: "Status of the server",
  needs: [],
  run(evidence) {
    const { server } = evidence.subject;
    const lookedAt = "Whether the server is there, active and published.";
    if (server === null)
      return { status: "skipped", lookedAt, finding: "No server was named.", evidence: [] };
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

const regions: Check = {
  id: "hosting.regions",
  stage: "hosting",
  title: "Regions",
  needs: ["hosting.regions"],
  run(evidence) {
    const all = valueIn(evidence.hosting.regions) ?? [];
    const lookedAt = "Heartbeats of the edges and the last hosting check of each region.";
    const path = serverPath(evidence, "/hosting");
    const down = regionsDown(evidence);
    const refs = all.map((region) =>
      valueRef(`hosting.regions.${region.region}`, `${said(region.region)}: ${region.state}`, path),
    );
    if (down.length > 0)
      return {
        status: "fail",
        lookedAt,
        finding: `${counted(down.length, "region")} of ${all.length} ${down.length === 1 ? "is" : "are"} down: ${listed(down.map(({ region, why }) => `${said(region)} (${why})`))}.`,
        evidence: refs.slice(0, 10),
        supports: isPlaceDown(evidence) ? ["region_down"] : [],
        fix: ["See the Hosting page for the step that fails there."],
      };
    const unknown = all.filter(({ state }) => state === "unknown");
    if (all.length === 0 || unknown.length === all.length)
      return {
        status: "unknown",
        lookedAt,
        finding: "No region was checked since the last change.",
        evidence: [],
      };
    const degraded = all.filter(({ state }) => state === "degraded").map(({ region }) => region);
    return {
      status: degraded.length > 0 ? "warn" : "pass",
      lookedAt,
      finding:
        degraded.length > 0
          ? `${listed(degraded)} ${degraded.length === 1 ? "is" : "are"} degraded.`
          : `${counted(all.length - unknown.length, "region")} healthy.`,
      evidence: refs.slice(0, 10),
      rulesOut: degraded.length === 0 && unknown.length === 0 ? ["region_down"] : [],
    };
  },
};

const hostingCheck: Check = {
  id: "hosting.check",
  stage: "hosting",
  title: "Hosting check",
  needs: ["hosting.check"],
  run(evidence) {
    const check = valueIn(evidence.hosting.check);
    const lookedAt = "Name, certificate, route, runtime and tools on every edge.";
    if (check === null) return { status: "unknown", lookedAt, finding: "It was not made.", evidence: [] };
    const path = serverPath(evidence, "/hosting");
    const bad = check.regions.flatMap(({ region, steps }) =>
      steps.filter((step) => step.status === "failed").map((step) => ({ region, step })),
    );
    const [worst] = bad;
    if (worst !== undefined)
      return {
        status: "fail",
        lookedAt,
        finding: `${worst.step.name} failed in ${listed([...new Set(bad.map(({ region }) => region))])}: ${quoted(worst.step.detail, 300)}.`,
        evidence: bad
          .slice(0, 10)
          .map(({ region, step }) =>
            valueRef(
              `hosting.check.${region}.${step.name}`,
              `${said(region)} ${step.name}: ${said(step.detail, 200)}`,
              path,
              check.checkedAt,
            ),
          ),
        supports: isPlaceDown(evidence) ? ["region_down"] : [],
        fix: bad.flatMap(({ step }) => (step.fix === "" ? [] : [said(step.fix, 300)])).slice(0, 3),
      };
    return {
      status: check.regions.length === 0 ? "unknown" : "pass",
      lookedAt,
      finding:
        check.regions.length === 0
          ? "No edge answered."
          : `Every step passed in ${counted(check.regions.length, "place")}.`,
      evidence:
        check.regions.length === 0
          ? []
          : [
              valueRef(
                "hosting.check",
                `checked ${clock(check.checkedAt, evidence.at)}`,
                path,
                check.checkedAt,
              ),
            ],
    };
  },
};

const crashes: Check = {
  id: "hosting.crashes",
  stage: "hosting",
  title: "Ends of runtimes",
  needs: ["hosting.crashes"],
  run(evidence) {
    const lookedAt = "Runtimes that ended by themselves in the window.";
    const ended = (valueIn(evidence.hosting.crashes) ?? []).filter(
      ({ at }) => at >= evidence.window.from && at < evidence.window.to,
    );
    const [newest] = ended;
    if (newest === undefined)
      return { status: "pass", lookedAt, finding: "None.", evidence: [], rulesOut: ["runtime_crash"] };
    const hits = failuresOfKind(evidence, "crash").length > 0 || ended.length >= 3;
    return {
      status: hits ? "fail" : "warn",
      lookedAt,
      finding: `The runtime ended ${counted(ended.length, "time")}, last at ${clock(newest.at, evidence.at)}: ${quoted(newest.reason, 300)}.`,
      evidence: ended
        .slice(0, 10)
        .map((crash, place) =>
          valueRef(
            `hosting.crashes.${place}`,
            `${said(crash.region)}: ${said(crash.reason, 200)}`,
            serverPath(evidence, "/hosting"),
            crash.at,
          ),
        ),
      supports: ["runtime_crash"],
    };
  },
};

const urls: Check = {
  id: "hosting.urls",
  stage: "hosting",
  title: "URL in use",
  needs: ["hosting.urls", "logs.counts"],
  run(evidence) {
    const door = valueIn(evidence.hosting.urls);
    const counts = valueIn(evidence.logs.counts);
    const lookedAt = "The active MCP URL against the one that clients call.";
    if (door === null || counts === null)
      return { status: "unknown", lookedAt, finding: "Not known.", evidence: [] };
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

const changes: Check = {
  id: "hosting.changes",
  stage: "hosting",
  title: "Changes",
  needs: ["hosting.changes"],
  run(evidence) {
    const lookedAt =
      "Deployments, settings and secrets that were changed in the window or in the two hours before it.";
    const all = valueIn(evidence.hosting.changes) ?? [];
    const deployment = changeBefore(evidence, deploymentsOf(evidence));
    const configuration = changeBefore(evidence, configurationsOf(evidence));
    const path = serverPath(evidence, "/hosting");
    const refs = all.slice(0, 10).map((change) => ({
      kind: "change" as const,
      id: change.id,
      label: `${said(change.action, 80)}${change.detail === "" ? "" : `: ${said(change.detail, 200)}`} by ${said(change.actor, 80)}`,
      at: change.at,
      path: change.kind === "operation" ? path : "/settings/audit-log",
    }));
    if (deployment === null && configuration === null)
      return {
        status: "pass",
        lookedAt,
        finding:
          all.length === 0
            ? "Nothing was changed."
            : `${counted(all.length, "change")}, and nothing began to fail after one.`,
        evidence: refs,
        rulesOut: ["config_change", "bad_deployment"],
      };
    const causes = [deployment, configuration].filter((found) => found !== null);
    const ids = new Set(causes.map(({ change }) => change.id));
    const found = causes[0];
    return {
      status: "warn",
      lookedAt,
      finding:
        found === undefined
          ? ""
          : `Calls began to fail after ${said(found.change.action, 80)} at ${clock(found.change.at, evidence.at)} (${said(found.change.detail, 200)}) by ${said(found.change.actor, 80)}.`,
      evidence: [...refs.filter(({ id }) => ids.has(id)), ...refs.filter(({ id }) => !ids.has(id))],
      supports: [
        ...(deployment ? (["bad_deployment"] as const) : []),
        ...(configuration ? (["config_change"] as const) : []),
      ],
    };
  },
};

const CAP_WORDS = {
  toolCallDurationMs: {
    name: "time of a tool call",
    shown: milliseconds,
    cause: "time_cap",
    kind: "too_long",
  },
  requestBytes: { name: "size of a request", shown: bytes, cause: "size_cap", kind: "too_large" },
  responseBytes: { name: "size of an answer", shown: bytes, cause: "size_cap", kind: "too_large" },
} as const;

const caps: Check = {
  id: "hosting.caps",
  stage: "hosting",
  title: "Caps of the plan",
  needs: ["hosting.caps"],
  run(evidence) {
    const lookedAt = "The largest calls of 24 hours against the caps of the plan.";
    const all = valueIn(evidence.hosting.caps) ?? [];
    const path = serverPath(evidence, "/hosting");
    const refs = all.map(({ cap, max, peak24h, exceeded24h }) =>
      valueRef(
        `hosting.caps.${cap}`,
        `${CAP_WORDS[cap].name}: at most ${CAP_WORDS[cap].shown(max)}, largest ${CAP_WORDS[cap].shown(peak24h)}, ${exceeded24h} over it`,
        path,
      ),
    );
    const over = all.filter(({ exceeded24h }) => exceeded24h > 0);
    if (over.length === 0)
      return {
        status: all.length === 0 ? "skipped" : "pass",
        lookedAt,
        finding: "No call met a cap.",
        evidence: refs,
      };
    const isNow = over.some(({ cap }) => failuresOfKind(evidence, CAP_WORDS[cap].kind).length > 0);
    return {
      status: isNow ? "fail" : "warn",
      lookedAt,
      finding: `${over.map(({ cap, max, exceeded24h }) => `${counted(exceeded24h, "call")} met the cap on the ${CAP_WORDS[cap].name} (${CAP_WORDS[cap].shown(max)})`).join("; ")} in 24 hours.`,
      evidence: refs,
      supports: over.map(({ cap }) => CAP_WORDS[cap].cause),
    };
  },
};

const starts: Check = {
  id: "hosting.cold_starts",
  stage: "hosting",
  title: "Cold starts",
  needs: ["logs.hops"],
  run(evidence) {
    const hops = valueIn(evidence.logs.hops);
    const lookedAt = "Calls that waited for a runtime to start.";
    if (hops === null) return { status: "unknown", lookedAt, finding: "Not known.", evidence: [] };
    const { coldStarts, startP95Ms } = hops.now;
    return {
      status: coldStarts === 0 ? "pass" : "warn",
      lookedAt,
      finding:
        coldStarts === 0
          ? "None."
          : `${counted(coldStarts, "call")}${startP95Ms === null ? "" : `, up to ${milliseconds(startP95Ms)}`}; ${hops.before.coldStarts} in the window before.`,
      evidence: [
        valueRef(
          "logs.hops.now.coldStarts",
          `${counted(coldStarts, "call")} waited`,
          serverPath(evidence, "/hosting"),
        ),
      ],
      supports: ["cold_start"],
      rulesOut: coldStarts === 0 ? ["cold_start"] : [],
    };
  },
};

const retention: Check = {
  id: "hosting.retention",
  stage: "hosting",
  title: "Log retention",
  needs: [],
  run(evidence, { symptom }) {
    const { server } = evidence.subject;
    const lookedAt = "How long logs of the server are kept.";
    if (server === null)
      return { status: "skipped", lookedAt, finding: "No server was named.", evidence: [] };
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

export const HOSTING_CHECKS: readonly Check[] = [
  status,
  regions,
  hostingCheck,
  crashes,
  urls,
  changes,
  caps,
  starts,
  retention,
];
