import { type Address, type LoadResult, load, type RequestOf, rateOf } from "./http-load.ts";
import { cpuMicrosOf, residentMiBOf } from "./processes.ts";

const ROUNDS = 3;
const SECONDS_MANY = 3;
const SECONDS_ONE = 1.5;
const WARM_UP_SECONDS = 1;
export const CONNECTIONS = 32;

export interface Target {
  name: string;
  address: Address;
  requestOf: RequestOf;
  /** The processes whose CPU time is the price; empty for the direct way. */
  pids: readonly number[];
}

export interface Measured {
  many: LoadResult;
  one: LoadResult;
  /** Microseconds of CPU time of the target's processes per request, at many connections. */
  cpuMicros: number;
  /** Resident memory of the target's processes at the end, MiB. */
  residentMiB: number;
}

/** Rounds in turn, so that whatever else the machine does hits all alike; the median round counts. */
export async function compare(targets: readonly Target[]): Promise<Map<string, Measured>> {
  const rounds = new Map<string, Measured[]>(targets.map(({ name }) => [name, []]));
  for (const { address, requestOf } of targets)
    await load(address, requestOf, { connections: 8, until: { seconds: WARM_UP_SECONDS } });
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of targets) rounds.get(target.name)?.push(await measure(target));
  }
  return new Map([...rounds].map(([name, all]) => [name, medianOf(all)]));
}

async function measure({ address, requestOf, pids }: Target): Promise<Measured> {
  const before = cpuMicrosOf(pids);
  const many = await load(address, requestOf, {
    connections: CONNECTIONS,
    until: { seconds: SECONDS_MANY },
  });
  const cpuMicros = (cpuMicrosOf(pids) - before) / Math.max(1, many.requests);
  const one = await load(address, requestOf, { connections: 1, until: { seconds: SECONDS_ONE } });
  return { many, one, cpuMicros, residentMiB: residentMiBOf(pids) };
}

function medianOf(all: readonly Measured[]): Measured {
  const middleBy = (keyOf: (measured: Measured) => number): Measured => {
    const sorted = [...all].sort((left, right) => keyOf(left) - keyOf(right));
    const middle = sorted[Math.floor(all.length / 2)];
    if (!middle) throw new Error("nothing was measured");
    return middle;
  };
  return {
    many: middleBy(({ many }) => rateOf(many)).many,
    one: middleBy(({ one }) => one.p50).one,
    cpuMicros: middleBy(({ cpuMicros }) => cpuMicros).cpuMicros,
    residentMiB: Math.max(...all.map(({ residentMiB }) => residentMiB)),
  };
}

/** A table with one row per target; `direct` must be among them. */
export function printComparison(title: string, measured: ReadonlyMap<string, Measured>): void {
  const direct = measured.get("direct");
  const nginx = measured.get("nginx");
  if (!direct) throw new Error("nothing to compare with");
  console.log(`\n${title} (median of ${ROUNDS} rounds)\n`);
  console.log(
    "target                          req/s  ÷direct  ÷nginx   p50 ms   p99 ms  c=1 p50  c=1 p99  added ms  CPU µs/req   MiB  failures",
  );
  for (const [name, row] of measured) {
    const rate = rateOf(row.many);
    console.log(
      [
        name.padEnd(30),
        rate.toFixed(0).padStart(6),
        (rate / rateOf(direct.many)).toFixed(2).padStart(8),
        (nginx ? (rate / rateOf(nginx.many)).toFixed(2) : "-").padStart(7),
        row.many.p50.toFixed(2).padStart(8),
        row.many.p99.toFixed(2).padStart(8),
        row.one.p50.toFixed(3).padStart(8),
        row.one.p99.toFixed(3).padStart(8),
        (row.one.p50 - direct.one.p50).toFixed(3).padStart(9),
        (row.cpuMicros > 0 ? row.cpuMicros.toFixed(0) : "-").padStart(11),
        (row.residentMiB > 0 ? row.residentMiB.toFixed(0) : "-").padStart(5),
        String(row.many.failures + row.one.failures).padStart(9),
      ].join(" "),
    );
  }
}
