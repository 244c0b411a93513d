import type { Fragment, Sql } from "postgres";
import { DENIALS, RUNTIME_ERRORS, type UsageTotals } from "#lib/contract/index.ts";
import { percentileMs } from "../requests/index.ts";

/** Sums of cells that share a bucket of duration, as the driver answers them: counts and amounts are decimal strings. */
export interface SummedCells {
  duration_bucket: number;
  calls: string;
  errors: string;
  runtime_errors: string;
  denied: string;
  request_bytes: string;
  response_bytes: string;
  response_bytes_max: string;
  spent: string;
}

/** The columns of `SummedCells` but the bucket, over rows of `usageCells`. */
export const summedColumns = (sql: Sql): Fragment => sql`
  sum(calls)::bigint as calls,
  coalesce(sum(calls) filter (where outcome <> 'ok'), 0)::bigint as errors,
  coalesce(sum(calls) filter (where outcome = any(${[...RUNTIME_ERRORS]}::text[])), 0)::bigint as runtime_errors,
  coalesce(sum(calls) filter (where outcome = any(${[...DENIALS]}::text[])), 0)::bigint as denied,
  sum(request_bytes)::bigint as request_bytes, sum(response_bytes)::bigint as response_bytes,
  max(response_bytes_max)::bigint as response_bytes_max, sum(spent)::bigint as spent`;

/** Adds up cells, also those of many groups. */
export class UsageSum {
  private readonly buckets: number[] = [];
  private readonly sums = {
    calls: 0,
    errors: 0,
    runtimeErrors: 0,
    denied: 0,
    requestBytes: 0,
    responseBytes: 0,
    responseBytesMax: 0,
  };
  private spent = 0n;

  add(cells: SummedCells): this {
    const { sums, buckets } = this;
    const calls = Number(cells.calls);
    buckets[cells.duration_bucket] = (buckets[cells.duration_bucket] ?? 0) + calls;
    sums.calls += calls;
    sums.errors += Number(cells.errors);
    sums.runtimeErrors += Number(cells.runtime_errors);
    sums.denied += Number(cells.denied);
    sums.requestBytes += Number(cells.request_bytes);
    sums.responseBytes += Number(cells.response_bytes);
    sums.responseBytesMax = Math.max(sums.responseBytesMax, Number(cells.response_bytes_max));
    this.spent += BigInt(cells.spent);
    return this;
  }

  totals(): UsageTotals {
    const buckets = Array.from(this.buckets, (count) => count ?? 0);
    return {
      ...this.sums,
      p50Ms: percentileMs(buckets, 0.5),
      p95Ms: percentileMs(buckets, 0.95),
      spentMicros: String(this.spent),
    };
  }

  get calls(): number {
    return this.sums.calls;
  }
  get spentMicros(): bigint {
    return this.spent;
  }
}
