import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { PageQuery, pageOf, Timestamp } from "./common.ts";
import { ConsoleLine, LogGap, RequestFilter, RequestRow, SearchProgress, UpstreamCall } from "./requests.ts";

/** The three logs of a server: MCP messages, console lines, and outbound calls of hosted code. */
export const STORED_LOGS = ["requests", "console", "upstream"] as const;
export const StoredLog = z.enum(STORED_LOGS);
export type StoredLog = z.infer<typeof StoredLog>;

/** What can be filtered by in the history of console lines. `q` is text in the message. */
export const ConsoleFilter = RequestFilter.pick({
  level: true,
  requestId: true,
  session: true,
  version: true,
  q: true,
  from: true,
  to: true,
  environment: true,
}).extend({
  /** Lines of one life of the hub only, and of it those from `seqFrom` to `seqTo`; give `from` and `to` as well, they find them fast. */
  epoch: z.string().max(64).optional(),
  seqFrom: z.coerce.number().int().min(0).optional(),
  seqTo: z.coerce.number().int().min(0).optional(),
});
export type ConsoleFilter = z.infer<typeof ConsoleFilter>;
export const ConsoleLogQuery = PageQuery.extend(ConsoleFilter.shape);
export type ConsoleLogQuery = z.infer<typeof ConsoleLogQuery>;
export type ConsoleLogQueryInput = z.input<typeof ConsoleLogQuery>;
/** `GET …/logs/console`: stored console lines, newest first. */
export const ConsoleLogPage = pageOf(ConsoleLine).extend({ search: SearchProgress.nullable() });
export type ConsoleLogPage = z.infer<typeof ConsoleLogPage>;

/** A place in a console log that a link can name: `epoch.seq.timestampMs`. */
export const LinePlace = z
  .string()
  .regex(/^[0-9A-Za-z_-]{1,64}\.\d{1,15}\.\d{1,15}$/, "Use epoch.seq.timestampMs.");
/** `GET …/logs/console/context`: a line among its neighbours, whatever filter it was found with. */
export const ConsoleContextQuery = z.object({
  line: LinePlace,
  before: z.coerce.number().int().min(0).max(limits.requests.contextLinesMax).default(50),
  after: z.coerce.number().int().min(0).max(limits.requests.contextLinesMax).default(50),
});
/** Oldest first. `target` is the index of the line; null when it is not stored (any more). */
export const ConsoleContext = z.object({ data: z.array(ConsoleLine), target: z.number().int().nullable() });
export type ConsoleContext = z.infer<typeof ConsoleContext>;

/** A filter of either log: what a log does not know is refused with its name. */
export const StoredLogFilter = RequestFilter.extend({ log: StoredLog.default("requests") });
export type StoredLogFilter = z.infer<typeof StoredLogFilter>;

export const HistogramQuery = StoredLogFilter.extend({
  /** About how many bars; their width is rounded to one that people read easily. */
  bars: z.coerce.number().int().min(1).max(limits.requests.histogramBarsMax).default(60),
});
/** `GET …/logs/histogram`: rows per bar and level. Bars without rows are there, with zeros. */
export const Histogram = z.object({
  from: Timestamp,
  to: Timestamp,
  barMs: z.number().int(),
  bars: z.array(
    z.object({
      at: Timestamp,
      debug: z.number().int(),
      info: z.number().int(),
      warn: z.number().int(),
      error: z.number().int(),
    }),
  ),
  /** Everything older was not counted, because it would have taken too long; null when all was. */
  countedBackTo: Timestamp.nullable(),
  asOf: Timestamp,
});
export type Histogram = z.infer<typeof Histogram>;

/** What can be counted by value. */
export const FACETS = [
  "level",
  "outcome",
  "source",
  "method",
  "tool",
  "client",
  "agent",
  "gateway",
  "region",
  "version",
] as const;
export const Facet = z.enum(FACETS);
export type Facet = z.infer<typeof Facet>;
/** `GET …/logs/facets`: the most frequent values of each facet under all filters but its own. */
export const Facets = z.object({
  facets: z.array(
    z.object({
      facet: Facet,
      values: z.array(
        z.object({
          value: z.string(),
          /** For people, where the value is an id. */
          label: z.string().nullable(),
          count: z.number().int(),
        }),
      ),
      /** True when there are more values than are named. */
      isCapped: z.boolean(),
      /** True when these counts come from the newest rows only. */
      isSampled: z.boolean(),
    }),
  ),
  /** True when there were more rows than were looked at: the newest `countedRows`. */
  isSampled: z.boolean(),
  countedRows: z.number().int(),
  asOf: Timestamp,
});
export type Facets = z.infer<typeof Facets>;

/** `GET …/logs/timeline`: what all three sources saw of one request, of one session, or in one window. */
export const TimelineQuery = z.object({
  requestId: z.string().max(64).optional(),
  session: RequestFilter.shape.session,
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  /** Added on both sides, so that lines at the edge are not lost. */
  marginMs: z.coerce.number().int().min(0).max(60_000).default(5_000),
});
export const TimelineEntry = z.discriminatedUnion("source", [
  z.object({ source: z.literal("gateway"), at: Timestamp, row: RequestRow }),
  z.object({ source: z.literal("runtime"), at: Timestamp, line: ConsoleLine }),
  z.object({ source: z.literal("upstream"), at: Timestamp, call: UpstreamCall }),
]);
export type TimelineEntry = z.infer<typeof TimelineEntry>;
export const LogTimeline = z.object({
  from: Timestamp,
  to: Timestamp,
  /** Oldest first. */
  entries: z.array(TimelineEntry),
  /** Sources of which more is stored than is shown. */
  capped: z.array(z.enum(["gateway", "runtime", "upstream"])),
  gaps: z.array(LogGap),
});
export type LogTimeline = z.infer<typeof LogTimeline>;

/** `GET …/logs/export`: the rows under a filter, streamed, newest first. */
export const EXPORT_FORMATS = ["ndjson", "csv", "text"] as const;
export const ExportFormat = z.enum(EXPORT_FORMATS);
export type ExportFormat = z.infer<typeof ExportFormat>;
export const ExportQuery = StoredLogFilter.extend({ format: ExportFormat.default("ndjson") });
export type ExportQuery = z.infer<typeof ExportQuery>;

/** `GET …/logs/storage`: what a server's logs take in the database. Bytes are shares of what their tables take. */
export const LogStorage = z.object({
  retentionDays: z.number().int(),
  /** What the plan allows. */
  retentionDaysMax: z.number().int(),
  logs: z.array(
    z.object({
      log: z.enum([...STORED_LOGS, "bodies"]),
      rows: z.number().int(),
      bytes: z.number().int(),
      oldest: Timestamp.nullable(),
    }),
  ),
  /** True: bytes are estimated. */
  isEstimate: z.boolean(),
});
export type LogStorage = z.infer<typeof LogStorage>;

/** A filter of a log under a name. */
export const SavedView = z.object({
  id: z.string(),
  log: z.enum(["requests", "console"]),
  name: z.string(),
  /** Query string of the page, e.g. `level=error&tool=refund`. */
  query: z.string(),
  isShared: z.boolean(),
  createdBy: z.string(),
  isMine: z.boolean(),
  /** The caller's own, or one that others shared when the caller manages members: people leave. */
  mayDelete: z.boolean(),
  createdAt: Timestamp,
});
export type SavedView = z.infer<typeof SavedView>;
export const CreateSavedView = z.object({
  log: z.enum(["requests", "console"]).default("requests"),
  name: z.string().trim().min(1, "Give it a name.").max(80),
  query: z.string().max(2_000),
  isShared: z.boolean().default(false),
});
export type CreateSavedView = z.infer<typeof CreateSavedView>;

/** What the log canary of one edge found: a line a minute through the whole path, from the collector to a viewer and the store. */
export const LogCanary = z.object({
  at: Timestamp,
  /** `late`: beyond `limits.canary.lateMs`. `lost`: a line did not arrive. `stale` is for whoever reads an old one. */
  state: z.enum(["ok", "late", "lost"]),
  /** From the line being written to a viewer having it, and to the store having it; null when it did not arrive. */
  viewerLagMs: z.number().nullable(),
  storeLagMs: z.number().nullable(),
  /** Since the edge started. */
  sent: z.number().int(),
  missing: z.number().int(),
  duplicated: z.number().int(),
  reordered: z.number().int(),
  /** What went wrong in the latest round, in words; null when nothing did. */
  problem: z.string().nullable(),
});
export type LogCanary = z.infer<typeof LogCanary>;
