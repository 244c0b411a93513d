import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { PageQuery, pageOf, Timestamp } from "./common.ts";
import { ActionName, DiagnoseInput, Diagnosis, Symptom, VerdictCode } from "./diagnosis.ts";

const { titleCharactersMax, noteCharactersMax, shareMsMax } = limits.incidents;

export const INCIDENT_STATUSES = ["open", "investigating", "resolved", "merged"] as const;
export const IncidentStatus = z.enum(INCIDENT_STATUSES);
export type IncidentStatus = z.infer<typeof IncidentStatus>;

/** How it came to be. */
export const IncidentOrigin = z.enum(["dashboard", "alert", "check", "log", "cli", "api", "mcp"]);

const Person = z.object({ id: z.string(), name: z.string() });

/** Something that is wrong, from the first sign until it is over. */
export const Incident = z.object({
  id: z.string(),
  /** Counts up within the organization: people say `#12`. */
  number: z.number().int(),
  title: z.string(),
  status: IncidentStatus,
  severity: z.enum(["info", "warning", "critical"]),
  origin: IncidentOrigin,
  symptom: Symptom.nullable(),
  server: z.object({ id: z.string(), slug: z.string(), name: z.string() }).nullable(),
  agent: z.object({ id: z.string(), name: z.string() }).nullable(),
  tool: z.string().nullable(),
  client: z.string().nullable(),
  requestId: z.string().nullable(),
  at: Timestamp,
  window: z.object({ from: Timestamp, to: Timestamp }),
  owner: Person.nullable(),
  /** The diagnosis's status and headline, and what a person decided over it. */
  diagnosisStatus: z.enum(["fault", "healthy", "abstained", "pending"]),
  headline: z.string(),
  verdict: VerdictCode.nullable(),
  override: z.object({ verdict: z.string(), note: z.string(), by: Person, at: Timestamp }).nullable(),
  /** Of incidents that resolve by themselves: how many green rechecks in a row, of how many. Null for others. */
  recovery: z.object({ green: z.number().int(), needed: z.number().int() }).nullable(),
  alertCount: z.number().int(),
  mergedInto: z.object({ id: z.string(), number: z.number().int() }).nullable(),
  openedBy: z.string(),
  openedAt: Timestamp,
  updatedAt: Timestamp,
  resolvedAt: Timestamp.nullable(),
  resolution: z.string().nullable(),
});
export type Incident = z.infer<typeof Incident>;
export const IncidentPage = pageOf(Incident);
export type IncidentPage = z.infer<typeof IncidentPage>;

/** With its newest diagnosis; null while the first one is being made. */
export const IncidentDetail = Incident.extend({
  diagnosis: Diagnosis.nullable(),
  /** Every diagnosis that was made, newest first. */
  evidence: z.array(
    z.object({ id: z.string(), at: Timestamp, status: z.string(), headline: z.string(), sha256: z.string() }),
  ),
});
export type IncidentDetail = z.infer<typeof IncidentDetail>;

/** What a change of an incident changes: its ETag. */
export const incidentVersion = ({
  id,
  title,
  status,
  severity,
  owner,
  override,
  resolution,
}: z.infer<typeof Incident>): unknown => [
  id,
  title,
  status,
  severity,
  owner?.id ?? null,
  override,
  resolution,
];

/** `GET …/incidents/{incident}/evidence/{evidence}/replay`: saved evidence, judged again. */
export const EvidenceReplay = z.object({
  diagnosis: Diagnosis,
  /** The diagnosis that was stored with it has the same bytes. */
  isSame: z.boolean(),
});
export type EvidenceReplay = z.infer<typeof EvidenceReplay>;

export const IncidentQuery = PageQuery.extend({
  status: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(IncidentStatus).min(1))
    .optional(),
  server: z.string().max(100).optional(),
  agent: z.string().max(100).optional(),
});
export type IncidentQueryInput = z.input<typeof IncidentQuery>;

/** `POST …/incidents`: opens one, or answers with the open one about the same (`Incident.id` of it). */
export const CreateIncident = DiagnoseInput.extend({
  title: z.string().trim().min(1).max(titleCharactersMax).optional(),
  origin: IncidentOrigin.exclude(["alert"]).default("api"),
  /** Failed check that it starts from. */
  checkId: z.string().max(64).optional(),
});
export type CreateIncident = z.input<typeof CreateIncident>;

export const UpdateIncident = z
  .object({
    title: z.string().trim().min(1).max(titleCharactersMax),
    severity: z.enum(["info", "warning", "critical"]),
    status: z.enum(["open", "investigating", "resolved"]),
    /** What ended it; with `status: resolved`. */
    resolution: z.string().trim().max(noteCharactersMax),
    /** Id of a member; null: nobody. */
    ownerId: z.string().nullable(),
    /** What a person says the cause is, over the engine's verdict; null takes it back. */
    override: z
      .object({
        verdict: z.string().trim().min(1).max(100),
        note: z.string().trim().min(1).max(noteCharactersMax),
      })
      .nullable(),
  })
  .partial();

/** `POST …/incidents/{incident}/notes`. `stage`: the step of the walkthrough it belongs to. */
export const AddIncidentNote = z.object({
  text: z.string().trim().min(1).max(noteCharactersMax),
  stage: z.string().max(40).nullable().default(null),
});

/** `POST …/incidents/{incident}/actions`. */
export const TakeIncidentAction = z.object({
  action: ActionName,
  targetId: z.string().max(100),
  /** Of `raise_budget`: the new monthly cap in micros; of `roll_back`: the version, the one before when it is absent. */
  capMicros: z.string().max(20).optional(),
  version: z.string().max(64).optional(),
});
export const IncidentActionResult = z.object({
  action: ActionName,
  status: z.enum(["done", "started", "failed"]),
  /** In words, e.g. `Smoke passed: 14 tools.` */
  message: z.string(),
  /** Where it is followed, below `/{org}`; null where there is nothing more to see. */
  path: z.string().nullable(),
  /** Of `rotate_key`: the new secret, shown once. */
  secret: z.string().nullable(),
});
export type IncidentActionResult = z.infer<typeof IncidentActionResult>;

/** `POST …/incidents/{incident}/merge`: this one ends in another one. */
export const MergeIncident = z.object({ into: z.string().max(100) });

/** What happened in an incident, written as it happens. */
export const IncidentEvent = z.object({
  id: z.string(),
  /** `opened`, `diagnosed`, `alert`, `operation`, `action`, `note`, `status`, `owner`, `severity`, `override`, `recheck`, `merged`, `shared`, `resolved`; in a report also `left_out`. Open list. */
  kind: z.string(),
  at: Timestamp,
  actor: z.string().nullable(),
  text: z.string(),
  stage: z.string().nullable(),
  path: z.string().nullable(),
});
export type IncidentEvent = z.infer<typeof IncidentEvent>;
export const IncidentEventList = z.array(IncidentEvent);

/** One mark of an incident's timeline of traffic. */
export const IncidentMark = z.object({
  id: z.string(),
  lane: z.enum(["gateway", "runtime", "upstream", "ledger"]),
  at: Timestamp,
  durationMs: z.number().nullable(),
  level: z.string(),
  text: z.string(),
  requestId: z.string().nullable(),
  /** `id`: joined by the request id; `inferred`: by session, tool and time; `none`: stands alone. */
  join: z.enum(["id", "inferred", "none"]),
});
export type IncidentMark = z.infer<typeof IncidentMark>;
/** `GET …/incidents/{incident}/timeline`: three lanes and the ledger; calls with how far they came. */
export const IncidentTimeline = z.object({
  window: z.object({ from: Timestamp, to: Timestamp }),
  marks: z.array(IncidentMark),
  calls: z.array(
    z.object({
      requestId: z.string(),
      at: Timestamp,
      tool: z.string().nullable(),
      outcome: z.string(),
      lastHop: z.enum(["gateway", "runtime", "upstream"]),
      durationMs: z.number(),
      upstreamMs: z.number().nullable(),
      /** What should have been seen and was not, in words; null when nothing is missing. */
      gap: z.string().nullable(),
    }),
  ),
  /** Lanes with more than is shown. */
  capped: z.array(z.string()),
});
export type IncidentTimeline = z.infer<typeof IncidentTimeline>;

/** A link to the report for people without an account. */
export const IncidentShare = z.object({
  id: z.string(),
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  revokedAt: Timestamp.nullable(),
});
export type IncidentShare = z.infer<typeof IncidentShare>;
export const CreateIncidentShare = z.object({
  expiresInMs: z.number().int().min(60_000).max(shareMsMax).default(limits.incidents.shareMsDefault),
});
/** The only answer that holds the link. */
export const CreatedIncidentShare = IncidentShare.extend({ url: z.string() });

/** The report, redacted: what a share link shows and the JSON export holds. */
export const IncidentReport = z.object({
  schema: z.literal(1),
  organization: z.string(),
  incident: Incident,
  diagnosis: Diagnosis.nullable(),
  events: z.array(IncidentEvent),
  timeline: IncidentTimeline.nullable(),
  generatedAt: Timestamp,
});
export type IncidentReport = z.infer<typeof IncidentReport>;
/** `GET …/incidents/{incident}/export`. `zip`: report.md, diagnosis.json, evidence.json, timeline.csv. */
export const IncidentExportQuery = z.object({
  format: z.enum(["markdown", "json", "zip"]).default("markdown"),
});
/** `GET /shared-reports/{token}`. */
export const SharedReport = z.object({ report: IncidentReport, markdown: z.string(), expiresAt: Timestamp });
export type SharedReport = z.infer<typeof SharedReport>;
