import { type ClientReach, REACH_STAGES, type ReachStage } from "#lib/contract/index.ts";

/**
 * What a message was on the way of a client. `asked`: it came without credentials and was told where they are to be had;
 * `refused`: who it said it was did not let it in; `admitted`: anything else, which was let in.
 */
export type Step = "asked" | "refused" | "initialize" | "tools/list" | "tools/call" | "admitted";

/** Messages of one caller that were the same step, counted. */
export interface StepCount {
  readonly step: Step;
  readonly count: number;
  /** Of them, those that were let in after somebody asked who calls. */
  readonly decided: number;
  /** The newest of all, that went well, and that failed. */
  readonly last: Mark;
  readonly lastOk: Mark | null;
  readonly lastFailed: (Mark & { readonly reason: string }) | null;
}
export interface Mark {
  readonly atMs: number;
  readonly requestId: string;
}

export interface Caller {
  readonly client: string;
  readonly principal: string | null;
  readonly agentId: string | null;
  readonly door: ClientReach["door"];
  /** Whether it ever spoke an era in the window. */
  readonly eras: { readonly modern: boolean; readonly legacy: boolean };
}

type StageReach = ClientReach["stages"][number];
type Way = ReadonlyMap<Step, StepCount>;

/**
 * How far a caller came, from what arrived of it. The newest message of a stage tells its state. What did not arrive is
 * `not_seen`, or `not_needed` where the way has no such stage: discovery where no access tokens are taken or credentials were
 * brought along, authorization at an open door, the opening message in the era without sessions.
 */
export function climb(caller: Caller, steps: readonly StepCount[], takesTokens: boolean): ClientReach {
  const way: Way = new Map(steps.map((step) => [step.step, step]));
  const stages: StageReach[] = REACH_STAGES.map((stage) => {
    switch (stage) {
      case "discovery":
        return discovery(caller, way, takesTokens);
      case "authorization":
        return authorization(caller, way);
      case "initialize":
        return opening(caller, way);
      default:
        return reached(stage, way.get(stage));
    }
  });
  const seen = stages.filter(({ count }) => count > 0);
  const lastAtMs = steps.reduce<number | null>(
    (newest, { last }) => (newest === null ? last.atMs : Math.max(newest, last.atMs)),
    null,
  );
  const { client, principal, agentId, door } = caller;
  return {
    client,
    principal,
    agentId,
    door,
    stages,
    lastStage: seen.at(-1)?.stage ?? null,
    lastAt: lastAtMs === null ? null : iso(lastAtMs),
  };
}

function discovery({ door }: Caller, way: Way, takesTokens: boolean): StageReach {
  const asked = way.get("asked");
  if (door === "direct" || !takesTokens) return unseen("discovery", "not_needed");
  return asked ? at("discovery", "passed", asked.last, asked.count) : unseen("discovery", "not_needed");
}

function authorization({ principal }: Caller, way: Way): StageReach {
  const denied = [way.get("refused"), way.get("asked")].filter((step) => step !== undefined);
  const admitted = [...way.values()].filter(({ step }) => step !== "refused" && step !== "asked");
  const lastDenied = newestOf(denied);
  const lastAdmitted = newestOf(admitted.filter(({ decided }) => decided > 0));
  const count =
    denied.reduce((all, step) => all + step.count, 0) + admitted.reduce((all, step) => all + step.decided, 0);
  const reason = lastDenied?.lastFailed?.reason ?? null;
  if (lastDenied && (!lastAdmitted || lastDenied.last.atMs > lastAdmitted.last.atMs))
    return { ...at("authorization", "failed", lastDenied.last, count), reason };
  if (lastAdmitted && principal !== "anonymous")
    return { ...at("authorization", "passed", lastAdmitted.last, count), reason };
  return unseen("authorization", admitted.length > 0 ? "not_needed" : "not_seen");
}

function opening({ eras }: Caller, way: Way): StageReach {
  const opened = way.get("initialize");
  if (opened) return reached("initialize", opened);
  return unseen("initialize", eras.modern && !eras.legacy ? "not_needed" : "not_seen");
}

function reached(stage: ReachStage, step: StepCount | undefined): StageReach {
  if (!step) return unseen(stage, "not_seen");
  const { last, lastOk, lastFailed, count } = step;
  const hasFailed = lastFailed !== null && (lastOk === null || lastFailed.atMs > lastOk.atMs);
  return { ...at(stage, hasFailed ? "failed" : "passed", last, count), reason: lastFailed?.reason ?? null };
}

const newestOf = (steps: readonly StepCount[]): StepCount | undefined =>
  steps.toSorted((left, right) => right.last.atMs - left.last.atMs)[0];

const at = (stage: ReachStage, state: "passed" | "failed", mark: Mark, count: number): StageReach => ({
  stage,
  state,
  at: iso(mark.atMs),
  count,
  reason: null,
  requestId: mark.requestId,
});

const unseen = (stage: ReachStage, state: "not_seen" | "not_needed"): StageReach => ({
  stage,
  state,
  at: null,
  count: 0,
  reason: null,
  requestId: null,
});

const iso = (ms: number): string => new Date(ms).toISOString();
