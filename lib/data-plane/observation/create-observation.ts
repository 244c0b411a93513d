import type { LogLevel } from "#lib/contract/index.ts";
import type { Log, System } from "#lib/domain/access/index.ts";
import {
  levelOfRequest,
  levelOfUpstreamCall,
  writeConsoleFacts,
  writeRequestFacts,
  writeUpstreamFacts,
} from "#lib/domain/requests/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory } from "../directory/index.ts";
import { createFactWriter, type FactWriterBounds, type FactWriterStats } from "./fact-writer.ts";
import type {
  ConsoleFact,
  ObservationSink,
  RawConsoleLine,
  RequestFact,
  UpstreamCallFact,
  UpstreamFact,
} from "./facts.ts";
import { createIngest } from "./ingest.ts";
import { type CanaryFinding, createLogHub, type HubStats, type LogHub } from "./log-hub.ts";

/** About what a fact takes in memory beside its texts. */
const FACT_BYTES = 600;
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
  /** Facts that could not even be queued; always a defect of ours. */
  defects: number;
}

/** Everything that was observed goes in here: to the viewers at once, to the store in batches. */
export interface Observation {
  readonly sink: ObservationSink;
  readonly hub: LogHub;
  stats(): ObservationStats;
  /** Resolves when every fact so far is stored or given up. */
  flush(): Promise<void>;
  /** Stores what waits, within `limits.writer.drainMs`, then closes the viewers. */
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
  let defects = 0;
  /** Console lines that were not stored and of which their server has not been told. */
  const untold = new Map<string, number>();
  /** Our own lines about that: losing one is no reason for another, and they push no other line out. */
  const notices = new WeakSet<ConsoleFact>();

  const bounds = options.writerBounds === undefined ? {} : { bounds: options.writerBounds };
  const requests = createFactWriter<RequestFact>({
    name: "requests",
    write: (facts, id) => writeRequestFacts(database, { id, facts, region, node }),
    weigh: (fact) => ({ level: levelOfRequest(fact.outcome, fact.kind), bytes: FACT_BYTES }),
    onLost: () => undefined,
    ids,
    log,
    ...bounds,
  });
  const lines = createFactWriter<ConsoleFact>({
    name: "console",
    write: (facts) => writeConsoleFacts(database, facts),
    weigh: (fact) => ({ level: fact.level, bytes: FACT_BYTES + fact.message.length * 2 }),
    onLost: (facts) => {
      for (const fact of facts) {
        if (!notices.has(fact)) untold.set(fact.serverId, (untold.get(fact.serverId) ?? 0) + 1);
      }
    },
    ids,
    log,
    ...bounds,
  });

  const calls = createFactWriter<UpstreamFact>({
    name: "upstream",
    write: (facts) => writeUpstreamFacts(database, facts),
    weigh: (fact) => ({
      level: levelOfUpstreamCall(fact),
      bytes: FACT_BYTES + (fact.url.length + (fact.error?.length ?? 0)) * 2,
    }),
    onLost: () => undefined,
    ids,
    log,
    ...bounds,
  });

  const takeCall = (call: UpstreamCallFact): void => {
    const fact = ingest.takeCall(call);
    if (!fact) strays += 1;
    else if (fact.retentionDays > 0) calls.push(fact);
  };

  const takeLine = (line: RawConsoleLine, isNotice = false): void => {
    const fact = ingest.take(line);
    if (!fact) {
      strays += 1;
      return;
    }
    if (isNotice) notices.add(fact);
    hub.publish(fact);
    const isStored = fact.retentionDays > 0 && (!isNotice || lines.hasRoom());
    if (isStored) lines.push(fact);
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

  const tellUnstored = (): void => {
    for (const [serverId, count] of [...untold]) {
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
      request: (fact) => guarded(() => requests.push(fact)),
      console: (line) => guarded(() => takeLine(line)),
      upstreamCall: (call) => guarded(() => takeCall(call)),
    },
    hub,
    stats: () => ({
      hub: hub.stats(),
      requests: requests.stats(),
      console: lines.stats(),
      upstream: calls.stats(),
      strays,
      defects,
    }),
    flush: async () => {
      await Promise.all([requests.flush(), lines.flush(), calls.flush()]);
    },
    close: async () => {
      clearInterval(noticeTimer);
      clearInterval(heartbeatTimer);
      hub.close();
      await Promise.all([requests.close(), lines.close(), calls.close()]);
      const lost = lines.stats().lostRows;
      const levels: LogLevel[] = ["debug", "info", "warn", "error"];
      if (levels.some((level) => lost[level] > 0)) log.warn({ lost }, "console lines were not stored");
    },
  };
}
