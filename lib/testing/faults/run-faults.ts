import type { DiagnoseInput, Diagnosis, VerdictCode } from "#lib/contract/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { type Fault, type FaultKind, kindOf } from "./fault.ts";
import type { Fleet } from "./fleet.ts";

/** Answers a question about a running fleet. It is given nothing but what a person would ask. */
export type Diagnose = (ctx: Ctx, input: DiagnoseInput) => Promise<{ diagnosis: Diagnosis }>;

/** What came of one fault. */
export interface FaultResult {
  readonly id: string;
  readonly kind: FaultKind;
  /** `healthy`, `abstained`, or codes, best first. */
  readonly said: readonly string[];
  readonly expected: readonly string[];
  /** Of each true cause: its place, from 1; null when it was not named. Empty without causes. */
  readonly ranks: readonly (number | null)[];
  readonly isRight: boolean;
  readonly headline: string;
  /** From the question to the answer, and all of it. */
  readonly diagnosedMs: number;
  readonly totalMs: number;
  /** Why there is no answer. */
  readonly error: string | null;
}

export interface RunOptions {
  /** Faults that are injected and diagnosed at once; those that stand alone come after all others. */
  atOnce?: number;
  onResult?(result: FaultResult, diagnosis: Diagnosis | null): void;
}

/** Injects every fault into the fleet and asks what is wrong. Results are in the order of `faults`. */
export async function runFaults(
  fleet: Fleet,
  diagnose: Diagnose,
  faults: readonly Fault[],
  { atOnce = 3, onResult }: RunOptions = {},
): Promise<FaultResult[]> {
  const results = new Map<string, FaultResult>();
  const runOne = async (fault: Fault): Promise<void> => {
    const { result, diagnosis } = await runFault(fleet, diagnose, fault);
    results.set(fault.id, result);
    onResult?.(result, diagnosis);
  };
  const together = faults.filter(({ isAlone }) => isAlone !== true);
  const waiting = [...together];
  const lane = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) await runOne(fault);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  for (const fault of faults) if (fault.isAlone === true) await runOne(fault);
  return faults.flatMap(({ id }) => results.get(id) ?? []);
}

async function runFault(
  fleet: Fleet,
  diagnose: Diagnose,
  fault: Fault,
): Promise<{ result: FaultResult; diagnosis: Diagnosis | null }> {
  const startedMs = performance.now();
  const base = { id: fault.id, kind: kindOf(fault), expected: namesOf(fault.expect) };
  try {
    const asked = await fault.inject(fleet);
    const askedMs = performance.now();
    try {
      const symptom = fault.symptom === null ? {} : { symptom: fault.symptom };
      const { diagnosis } = await diagnose(asked.ctx, { ...asked.input, ...symptom });
      const endedMs = performance.now();
      const times = { diagnosedMs: endedMs - askedMs, totalMs: endedMs - startedMs };
      const judged = judge(fault.expect, diagnosis);
      return {
        result: { ...base, ...judged, headline: diagnosis.headline, ...times, error: null },
        diagnosis,
      };
    } finally {
      await asked.undo?.();
    }
  } catch (error) {
    const totalMs = performance.now() - startedMs;
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      result: {
        ...base,
        said: [],
        ranks: [],
        isRight: false,
        headline: "",
        diagnosedMs: 0,
        totalMs,
        error: said,
      },
      diagnosis: null,
    };
  }
}

const namesOf = (expect: Fault["expect"]): string[] =>
  typeof expect === "string" ? [expect] : expect.causes.map((codes) => codes.join(" or "));

function judge(
  expect: Fault["expect"],
  { status, verdict, alternatives }: Diagnosis,
): Pick<FaultResult, "said" | "ranks" | "isRight"> {
  const named: VerdictCode[] = [...(verdict ? [verdict] : []), ...alternatives].map(({ code }) => code);
  const said = status === "fault" ? named : [status, ...named];
  if (typeof expect === "string") return { said, ranks: [], isRight: status === expect };
  const ranks = expect.causes.map((codes) => {
    const place = named.findIndex((code) => codes.includes(code));
    return place === -1 ? null : place + 1;
  });
  return { said, ranks, isRight: status === "fault" && ranks.includes(1) };
}
