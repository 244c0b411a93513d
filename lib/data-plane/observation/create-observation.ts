import type { LogLevel } from "#lib/contract/index.ts";
import type { Log, System } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory } from "../directory/index.ts";
import type { SpoolHome } from "../spool/index.ts";
import { createBodyDesk } from "./body-desk.ts";
import { createWriters } from "./create-writers.ts";
import type { FactWriterBounds, FactWriterStats } from "./fact-writer.ts";
import type { ConsoleFact, ObservationSink, RawConsoleLine, RequestFact, UpstreamCallFact } from "./facts.ts";
import { createIngest } from "./ingest.ts";
import { type CanaryFinding, createLogHub, type HubStats, type LogHub } from "./log-hub.ts";

const REDACTION_KEY_BYTES = 32;

export interface ObservationOptions {
  database: System["database"];
  directory: Pick<ServerDirectory, "byId">;
  clock: Clock;
  ids: IdSource;
  log: Log;
  region: string;
  node: string;
  /** A secret of the installation: with it equal secrets are marked equally over restarts. */
  redactionKey?: string;
  writerBounds?: Partial<FactWriterBounds>;
  /** Where facts lie until they are stored; closed with the observation. Without it a killed process loses them. */
  spoolHome?: SpoolHome | null;
  /** What the log canary found last, told to viewers with each heartbeat. */
  canary?: () => CanaryFinding | undefined;
}

export interface ObservationStats {
  hub: HubStats;
  requests: FactWriterStats;
  console: FactWriterStats;
  upstream: FactWriterStats;
  /** Lines and calls of servers that do not exist (any more). */
  strays: number;
  /** Console lines that runtimes could not hand over, because their servers wrote too many. */
  lostLines: number;
  /** Requests whose bodies were not kept, because too many waited for their redaction. */
  unrecordedBodies: number;
  /** Facts that could not even be queued; always a defect of ours. */
  defects: number;
}

/** Who wants to know of calls, but not of console lines. Its methods never throw. */
export type CallSink = Required<Pick<ObservationSink, "request" | "upstreamCall">>;

/** Everything that was observed goes in here: to the viewers at once, to the store in batches. */
export interface Observation {
  readonly sink: ObservationSink;
  readonly hub: LogHub;
  /** From now on tells `listener` of calls too, without their secrets and bodies. */
  tell(listener: CallSink): void;
  stats(): ObservationStats;
  /** Resolves when every fact so far survives the end of this process, as far as the disk takes it. */
  kept(): Promise<void>;
  /** Resolves when every fact so far is stored or given up. */
  flush(): Promise<void>;
  /** Closes the viewers, and stores what waits, within `limits.writer.drainMs`; the rest stays in the spool. */
  close(): Promise<void>;
}

export function createObservation(options: ObservationOptions): Observation {
  const { database, directory, clock, ids, log, region, node } = options;
  const hub = createLogHub({
    clock,
    ids,
    ...(options.canary === undefined ? {} : { canary: options.canary }),
  });
  const ingest = createIngest({
    directory,
    clock,
    ids,
    redactionKey: options.redactionKey ?? ids.secret(REDACTION_KEY_BYTES),
    nextPosition: hub.nextPosition,
  });
  let strays = 0;
  let lostLines = 0;
  let defects = 0;
  /** Console lines that were not stored and of which their server has not been told. */
  const untold = new Map<string, number>();
  /** Our own lines about that: losing one is no reason for another, and they push no other line out. */
  const notices = new WeakSet<ConsoleFact>();
  /** Those that viewers have seen and for which the writer had no room yet. */
  let unstoredNotices: ConsoleFact[] = [];

  const spoolHome = options.spoolHome ?? null;
  const { requests, lines, calls } = createWriters({
    database,
    clock,
    log,
    place: { region, node },
    spoolHome,
    ...(options.writerBounds === undefined ? {} : { bounds: options.writerBounds }),
    onLostLines: (facts) => {
      for (const fact of facts) {
        if (!notices.has(fact)) untold.set(fact.serverId, (untold.get(fact.serverId) ?? 0) + 1);
      }
    },
  });

  const listeners: CallSink[] = [];

  const takeCall = (call: UpstreamCallFact): void => {
    const clean = ingest.cleanCall(call);
    const fact = clean && ingest.takeCall(clean);
    if (!fact) {
      strays += 1;
      return;
    }
    if (fact.retentionDays > 0) calls.push(fact);
    for (const listener of listeners) listener.upstreamCall(clean);
  };

  const takeLine = (line: RawConsoleLine, isNotice = false): void => {
    const fact = ingest.take(line);
    if (!fact) {
      strays += 1;
      return;
    }
    lostLines += line.lostLines ?? 0;
    if (isNotice) notices.add(fact);
    hub.publish(fact);
    if (fact.retentionDays === 0) return;
    if (isNotice && !lines.hasRoom()) unstoredNotices.push(fact);
    else lines.push(fact);
  };

  /** The sink never throws: an unexpected failure is counted and told once per power of two. */
  const guarded = (take: () => void): void => {
    try {
      take();
    } catch (error) {
      defects += 1;
      if (Number.isInteger(Math.log2(defects))) {
        log.error(
          { error: error instanceof Error ? error.stack : String(error), defects },
          "a fact was lost",
        );
      }
    }
  };

  const desk = createBodyDesk({
    clean: ingest.cleanBodies,
    pass: (fact) => guarded(() => requests.push(fact)),
  });
  const takeRequest = (seen: RequestFact): void => {
    const fact = ingest.cleanRequest(seen);
    if (fact.bodies) desk.take(fact);
    else requests.push(fact);
    for (const listener of listeners) listener.request({ ...fact, bodies: null });
  };

  const tellUnstored = (): void => {
    const overdue = unstoredNotices;
    unstoredNotices = [];
    for (const notice of overdue) {
      if (lines.hasRoom()) lines.push(notice);
      else unstoredNotices.push(notice);
    }
    for (const [serverId, count] of [...untold]) {
      // Counted on until there is room for them.
      if (unstoredNotices.length >= limits.writer.noticesWaitingMax) return;
      untold.delete(serverId);
      const timestampMs = clock.nowMs();
      const message = `[mcpstack] Not stored, because the database could not keep up: ${count} console ${count === 1 ? "line" : "lines"}.`;
      guarded(() =>
        takeLine({ serverId, versionId: null, timestampMs, method: "warn", message, requestId: null }, true),
      );
    }
  };
  const noticeTimer = setInterval(tellUnstored, options.writerBounds?.noticeMs ?? limits.writer.noticeMs);
  const heartbeatTimer = setInterval(hub.heartbeat, limits.logStream.heartbeatMs);
  noticeTimer.unref();
  heartbeatTimer.unref();

  return {
    sink: {
      request: (fact) => guarded(() => takeRequest(fact)),
      console: (line) => guarded(() => takeLine(line)),
      upstreamCall: (call) => guarded(() => takeCall(call)),
    },
    hub,
    tell: (listener) => void listeners.push(listener),
    stats: () => ({
      hub: hub.stats(),
      requests: requests.stats(),
      console: lines.stats(),
      upstream: calls.stats(),
      strays,
      lostLines,
      unrecordedBodies: desk.unrecorded(),
      defects,
    }),
    kept: async () => {
      await Promise.all([requests.kept(), lines.kept(), calls.kept()]);
    },
    flush: async () => {
      desk.finish();
      await Promise.all([requests.flush(), lines.flush(), calls.flush()]);
    },
    close: async () => {
      clearInterval(noticeTimer);
      clearInterval(heartbeatTimer);
      hub.close();
      desk.finish();
      for (const notice of unstoredNotices) lines.push(notice);
      await Promise.all([requests.close(), lines.close(), calls.close()]);
      await spoolHome?.close();
      const lost = lines.stats().lostRows;
      const levels: LogLevel[] = ["debug", "info", "warn", "error"];
      if (levels.some((level) => lost[level] > 0)) log.warn({ lost }, "console lines were not stored");
    },
  };
}
