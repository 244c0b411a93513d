import { limits } from "#lib/kernel/limits.ts";
import {
  compileLinePattern,
  isPatternProblem,
  type LinePattern,
  type PatternProblem,
} from "#lib/kernel/line-pattern.ts";
import { TimeBudget } from "#lib/kernel/time-budget.ts";

const {
  patternMsPerSecondMax,
  patternBurstMs,
  patternMsPerTurnMax,
  patternsMsPerSecondMax,
  patternsBurstMs,
} = limits.logStream;
/** When all viewers together take too long, whoever has less than this of their own share left took too much of it. */
const FAIR_SHARE_LEFT = 0.5;

/** What the regular expressions of all viewers of this process may take together. */
export const sharedPatternBudget = (nowMs: () => number): TimeBudget =>
  new TimeBudget({ msPerSecond: patternsMsPerSecondMax, burstMs: patternsBurstMs }, nowMs);

/** Measures what the regular expressions of one viewer take: one turn is bounded, and so is every second. */
export class PatternMeter {
  readonly #own: TimeBudget;
  readonly #shared: TimeBudget;
  readonly #nowMs: () => number;
  #turnMs = 0;

  constructor(shared: TimeBudget, nowMs: () => number) {
    this.#own = new TimeBudget({ msPerSecond: patternMsPerSecondMax, burstMs: patternBurstMs }, nowMs);
    this.#shared = shared;
    this.#nowMs = nowMs;
  }

  /** Compiling counts as well. */
  compile(source: string): LinePattern | PatternProblem {
    const answer = this.#timed(() => compileLinePattern(source));
    if (isPatternProblem(answer)) return answer;
    return { source, matches: (text) => this.#timed(() => answer.matches(text)) };
  }

  beginTurn(): void {
    this.#turnMs = 0;
  }

  /** True when this turn took long enough; what is left is for the next one. */
  get isTurnOver(): boolean {
    return this.#turnMs >= patternMsPerTurnMax;
  }

  /** True when this viewer took more than it may. */
  get isOverdrawn(): boolean {
    const { leftShare } = this.#own;
    return leftShare < 0 || (this.#shared.leftShare < 0 && leftShare < FAIR_SHARE_LEFT);
  }

  #timed<Answer>(work: () => Answer): Answer {
    const beganMs = this.#nowMs();
    const answer = work();
    const tookMs = this.#nowMs() - beganMs;
    this.#turnMs += tookMs;
    this.#own.spend(tookMs);
    this.#shared.spend(tookMs);
    return answer;
  }
}
