import type { Log, System } from "#lib/domain/access/index.ts";
import {
  levelOfRequest,
  levelOfUpstreamCall,
  writeConsoleFacts,
  writeRequestFacts,
  writeUpstreamFacts,
} from "#lib/domain/requests/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { isUuid, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { SpoolHome } from "../spool/index.ts";
import { createFactWriter, type FactWriter, type FactWriterBounds } from "./fact-writer.ts";
import type { ConsoleFact, RequestFact, UpstreamFact } from "./facts.ts";

/** About what a fact takes in memory beside its texts. */
const FACT_BYTES = 600;

export interface WriterOptions {
  database: System["database"];
  clock: Pick<Clock, "nowMs">;
  log: Log;
  /** Where what is observed here is observed. */
  place: Place;
  /** Null: what is not stored is lost when the process is killed. */
  spoolHome: SpoolHome | null;
  bounds?: Partial<FactWriterBounds>;
  onLostLines(facts: readonly ConsoleFact[]): void;
}

interface Place {
  region: string;
  node: string;
}

/** A request and where it was observed: another edge may find it in the spool of this one. */
type PlacedRequest = RequestFact & Place;

export interface Writers {
  requests: Omit<FactWriter<PlacedRequest>, "push"> & { push(fact: RequestFact): void };
  lines: FactWriter<ConsoleFact>;
  calls: FactWriter<UpstreamFact>;
}

/** How each kind of fact is stored, weighed, and recognised again after it lay on disk. */
export function createWriters(options: WriterOptions): Writers {
  const { database, clock, log, place, spoolHome, onLostLines } = options;
  const bounds = options.bounds === undefined ? {} : { bounds: options.bounds };
  const { requestsBytesMax, consoleBytesMax, upstreamBytesMax } = limits.spool;
  const spool = <Fact>(
    name: string,
    bytesMax: number,
    revive: (record: unknown) => Fact | null,
  ): Pick<Parameters<typeof createFactWriter<Fact>>[0], "spool"> =>
    spoolHome === null ? {} : { spool: (hooks) => spoolHome.open({ name, bytesMax, revive, ...hooks }) };

  const requests = createFactWriter<PlacedRequest>({
    name: "requests",
    write: async (facts) => {
      for (const batch of byPlace(facts)) {
        await writeRequestFacts(database, batch, {
          nowMs: () => clock.nowMs(),
          onRefused: (refused) => log.error({ refused }, "charges that cannot be ours were not billed"),
        });
      }
    },
    weigh: (fact) => ({
      level: levelOfRequest(fact.outcome, fact.kind),
      bytes: FACT_BYTES + charactersOf(fact.bodies?.request) + charactersOf(fact.bodies?.response),
    }),
    onLost: () => undefined,
    log,
    ...spool("requests", requestsBytesMax, (record) => {
      if (!isFact<PlacedRequest>(record)) return null;
      // Of what left no row and cost nothing nobody knows any more whether it was counted.
      const isForgotten =
        record.retentionDays === 0 &&
        !record.billing?.charge &&
        timeOfUuid7(record.id) < clock.nowMs() - limits.requests.countedMemoryMs;
      return isForgotten ? null : record;
    }),
    ...bounds,
  });

  const lines = createFactWriter<ConsoleFact>({
    name: "console",
    write: (facts) => writeConsoleFacts(database, facts),
    weigh: (fact) => ({ level: fact.level, bytes: FACT_BYTES + charactersOf(fact.message) }),
    onLost: onLostLines,
    log,
    ...spool("console", consoleBytesMax, (record) => (isFact<ConsoleFact>(record) ? record : null)),
    ...bounds,
  });

  const calls = createFactWriter<UpstreamFact>({
    name: "upstream",
    write: (facts) => writeUpstreamFacts(database, facts),
    weigh: (fact) => ({
      level: levelOfUpstreamCall(fact),
      bytes: FACT_BYTES + charactersOf(fact.url) + charactersOf(fact.error),
    }),
    onLost: () => undefined,
    log,
    ...spool("upstream", upstreamBytesMax, (record) => (isFact<UpstreamFact>(record) ? record : null)),
    ...bounds,
  });

  return { requests: { ...requests, push: (fact) => requests.push({ ...fact, ...place }) }, lines, calls };
}

const charactersOf = (text: string | null | undefined): number => (text ?? "").length * 2;

/**
 * Whether a record is a fact as far as its parts are relied on before it is sent; what else is wrong with it the store
 * finds out, and refuses it alone.
 */
function isFact<Fact extends { id: string; organizationId: string; serverId: string }>(
  record: unknown,
): record is Fact {
  if (typeof record !== "object" || record === null) return false;
  const { id, organizationId, serverId } = record as Record<string, unknown>;
  return (
    typeof id === "string" && isUuid(id) && typeof organizationId === "string" && typeof serverId === "string"
  );
}

function byPlace(facts: readonly PlacedRequest[]): (Place & { facts: PlacedRequest[] })[] {
  const batches: (Place & { facts: PlacedRequest[] })[] = [];
  for (const fact of facts) {
    const { region, node } = fact;
    const batch = batches.find((known) => known.region === region && known.node === node);
    if (batch) batch.facts.push(fact);
    else batches.push({ region, node, facts: [fact] });
  }
  return batches;
}
