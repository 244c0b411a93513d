import type { Version } from "#lib/contract/index.ts";

/** The version to suggest for the next upload: one patch above the highest so far, `1.0.0` for the first. */
export function nextVersion(versions: readonly Pick<Version, "semver">[]): string {
  let highest: readonly [number, number, number] | null = null;
  for (const { semver } of versions) {
    const match = /^(\d+)\.(\d+)\.(\d+)/.exec(semver);
    if (!match) continue;
    const numbers = [Number(match[1]), Number(match[2]), Number(match[3])] as const;
    if (highest === null || isHigher(numbers, highest)) highest = numbers;
  }
  return highest === null ? "1.0.0" : `${highest[0]}.${highest[1]}.${highest[2] + 1}`;
}

type Numbers = readonly [number, number, number];
const isHigher = (left: Numbers, right: Numbers): boolean =>
  left[0] !== right[0] ? left[0] > right[0] : left[1] !== right[1] ? left[1] > right[1] : left[2] > right[2];
