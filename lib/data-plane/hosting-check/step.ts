import type { HostingStep } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

export type StepName = HostingStep["name"];

/** What a step found. */
export interface Finding {
  status: HostingStep["status"];
  detail: string;
  fix?: string;
}

export const passed = (detail: string): Finding => ({ status: "passed", detail });
export const warned = (detail: string, fix: string): Finding => ({ status: "warned", detail, fix });
export const failed = (detail: string, fix: string): Finding => ({ status: "failed", detail, fix });
export const skipped = (detail: string): Finding => ({ status: "skipped", detail });

/** How long a step may take. */
export interface StepTime {
  /** Aborted when the time is up; what the step holds must be let go of then. */
  signal: AbortSignal;
  timeoutMs: number;
}

export interface StepPlan {
  name: StepName;
  /** Steps whose failure makes this one pointless. */
  needs: readonly HostingStep[];
  /** What to do when the step does not end in time. */
  fixWhenLate: string;
  work(time: StepTime): Promise<Finding>;
}

export interface StepRunnerOptions {
  clock: Clock;
  log: Log;
  /** Of one step, and of all together. */
  stepTimeoutMs: number;
  totalMs: number;
}

/**
 * Runs the steps of one check, each within its own time and what is left of the time of all. A step that needs a failed
 * one is skipped, and so is what needs that. Never rejects: what goes wrong is what the step found.
 */
export function createStepRunner({ clock, log, stepTimeoutMs, totalMs }: StepRunnerOptions) {
  const startedMs = clock.monotonicMs();
  /** Skipped steps, with the failed one that each needed. */
  const blockedBy = new Map<HostingStep, StepName>();
  return async (plan: StepPlan): Promise<HostingStep> => {
    const [cause] = plan.needs.flatMap((step) => (isFailed(step) ? step.name : (blockedBy.get(step) ?? [])));
    if (cause !== undefined) {
      const blocked = stepOf(plan.name, skipped(`Needs ${cause}, which failed.`), 0);
      blockedBy.set(blocked, cause);
      return blocked;
    }
    const beganMs = clock.monotonicMs();
    const timeoutMs = Math.max(0, Math.min(stepTimeoutMs, totalMs - (beganMs - startedMs)));
    const onDefect = (error: unknown): void =>
      log.error({ err: error, step: plan.name }, "a step of a hosting check failed unexpectedly");
    const finding = await inTime(plan, timeoutMs, onDefect);
    return stepOf(plan.name, finding, clock.monotonicMs() - beganMs);
  };
}

/** What the step found, or that it was late. */
async function inTime(
  { work, fixWhenLate }: StepPlan,
  timeoutMs: number,
  onDefect: (error: unknown) => void,
): Promise<Finding> {
  const deadline = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve(failed(`No result within ${Math.round(timeoutMs / 100) / 10} s.`, fixWhenLate));
      deadline.abort(new Error("the time of the step is up"));
    }, timeoutMs);
  });
  const found = work({ signal: deadline.signal, timeoutMs }).catch((error: unknown) => {
    if (error instanceof DomainError) return failed(error.message, "Run the check again in a moment.");
    if (!deadline.signal.aborted) onDefect(error);
    return failed("The check itself failed.", "Run it again. If it fails again, tell the operator when.");
  });
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}

const stepOf = (name: StepName, finding: Finding, durationMs: number): HostingStep => ({
  name,
  status: finding.status,
  durationMs: Math.round(durationMs * 10) / 10,
  detail: finding.detail.slice(0, limits.checks.stepTextCharactersMax),
  fix: (finding.fix ?? "").slice(0, limits.checks.stepTextCharactersMax),
});

export const isFailed = ({ status }: Pick<HostingStep, "status">): boolean => status === "failed";
