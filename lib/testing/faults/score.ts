import type { FaultResult } from "./run-faults.ts";

/** What must be reached. */
export const BARS = { firstMin: 0.9, withinThreeMin: 0.98 } as const;
const WITHIN = 3;

export interface Score {
  /** Faults whose first named cause is true, of all with a cause. */
  readonly first: { readonly count: number; readonly of: number };
  /** Faults of which every true cause is among the first three. */
  readonly withinThree: { readonly count: number; readonly of: number };
  readonly decoysBlamed: { readonly count: number; readonly of: number };
  readonly abstained: { readonly count: number; readonly of: number };
  /** Sentences that say which bar is missed; empty when all are reached. */
  readonly missed: readonly string[];
}

export function scoreOf(results: readonly FaultResult[]): Score {
  const faults = results.filter(({ kind }) => kind === "single" || kind === "double");
  const decoys = results.filter(({ kind }) => kind === "decoy");
  const withheld = results.filter(({ kind }) => kind === "withheld");
  const first = { count: faults.filter(({ isRight }) => isRight).length, of: faults.length };
  const withinThree = {
    count: faults.filter(({ ranks }) => ranks.length > 0 && ranks.every(isWithinThree)).length,
    of: faults.length,
  };
  // What is not said to be healthy was blamed, or not known to be well.
  const decoysBlamed = { count: decoys.filter(({ isRight }) => !isRight).length, of: decoys.length };
  const abstained = { count: withheld.filter(({ isRight }) => isRight).length, of: withheld.length };
  const missed = [
    ...(shareOf(first) < BARS.firstMin
      ? [`The true cause is first for less than ${percent(BARS.firstMin)}.`]
      : []),
    ...(shareOf(withinThree) < BARS.withinThreeMin
      ? [`The true causes are among the first three for less than ${percent(BARS.withinThreeMin)}.`]
      : []),
    ...(decoysBlamed.count > 0 ? ["Something healthy was blamed."] : []),
    ...(abstained.count < abstained.of ? ["Something was said without evidence."] : []),
  ];
  return { first, withinThree, decoysBlamed, abstained, missed };
}

const isWithinThree = (rank: number | null): boolean => rank !== null && rank <= WITHIN;
const shareOf = ({ count, of }: { count: number; of: number }): number => (of === 0 ? 1 : count / of);
export const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

/** The score in lines of text. */
export const scoreLines = ({ first, withinThree, decoysBlamed, abstained }: Score): string[] => [
  `right cause first          ${counted(first)}  (bar: ${percent(BARS.firstMin)})`,
  `all causes within three    ${counted(withinThree)}  (bar: ${percent(BARS.withinThreeMin)})`,
  `healthy decoys blamed      ${decoysBlamed.count} of ${decoysBlamed.of}  (bar: 0)`,
  `abstained without evidence ${abstained.count} of ${abstained.of}  (bar: all)`,
];

const counted = (part: { count: number; of: number }): string =>
  `${part.count} of ${part.of}, ${percent(shareOf(part))}`;
