import { nothingFound } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { tellingDenials } from "../../facts/denials.ts";
import { clock, quoted, said } from "../../facts/words.ts";

export const keyEvents: Check = {
  id: "gateway.key_events",
  stage: "gateway",
  title: "Keys revoked and expired",
  needs: ["gateway.keys"],
  run(evidence) {
    const lookedAt =
      "Keys of the gateway, the server and the agent that changed in or shortly before the window.";
    const events = (valueIn(evidence.gateway.keys) ?? []).filter(({ event }) => event !== "created");
    if (events.length === 0) return nothingFound(lookedAt, "None was revoked or expired.");
    const used = tellingDenials(evidence).some(
      ({ reason }) => reason === "key_revoked" || reason === "key_expired",
    );
    return {
      status: used ? "warn" : "pass",
      lookedAt,
      finding: `${events
        .slice(0, 3)
        .map(({ name, event, at }) => `${quoted(name, 80)} ${event} at ${clock(at, evidence.at)}`)
        .join("; ")}${used ? "" : "; nobody uses it"}.`,
      evidence: events.slice(0, 10).map(({ id, name, event, at }) => ({
        kind: "change",
        id,
        label: `${said(name, 80)} ${event}`,
        at,
        path: "/settings/audit-log",
      })),
      supports: ["key_revoked", "key_expired"],
    };
  },
};

export const upstreamAuthChange: Check = {
  id: "gateway.upstream_auth",
  stage: "gateway",
  title: "Upstream credentials",
  needs: ["hosting.changes"],
  run(evidence) {
    const lookedAt = "Changes of upstream headers and secrets in the window or shortly before it.";
    const found = (valueIn(evidence.hosting.changes) ?? []).filter(({ detail }) =>
      /upstreamHeaders|environment|upstreamUrl/.test(detail),
    );
    const [newest] = found;
    if (newest === undefined) return nothingFound(lookedAt, "None was changed.");
    return {
      status: "pass",
      lookedAt,
      finding: `${said(newest.detail, 200)} changed at ${clock(newest.at, evidence.at)} by ${said(newest.actor, 80)}.`,
      evidence: found.slice(0, 5).map((change) => ({
        kind: "change",
        id: change.id,
        label: said(change.detail, 300),
        at: change.at,
        path: "/settings/audit-log",
      })),
    };
  },
};
