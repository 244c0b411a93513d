/**
 * Numbers as people read them. One locale, so that server and browser print the same, and no more digits than are
 * known. Units stand after a narrow space.
 */
const SPACE = "\u202f";
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** The sign for a number that nobody knows. */
export const NO_NUMBER = "–";

/** `12481` → `12,481`. */
export const formatCount = (count: number): string => whole.format(count);

/** `1204, "line"` → `1,204 lines`. */
export const formatCounted = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** A ratio as percent: `0.0312` → `3.1 %`. Small but not zero stays visible as `<0.1 %`. */
export function formatPercent(ratio: number | null): string {
  if (ratio === null) return NO_NUMBER;
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.1) return `<0.1${SPACE}%`;
  if (percent > 99.9 && percent < 100) return `>99.9${SPACE}%`;
  return `${percent < 10 ? oneDigit.format(percent) : whole.format(percent)}${SPACE}%`;
}

/** Milliseconds in the unit that fits: `0.42 ms`, `212 ms`, `1.8 s`, `4 min 12 s`, `3 h 5 min`, `2 d 4 h`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return NO_NUMBER;
  const { value, unit } = splitDuration(ms);
  return unit ? `${value}${SPACE}${unit}` : value;
}

/** The same, with the unit apart where it is one number and one unit. */
export function splitDuration(ms: number): { value: string; unit: string } {
  if (ms < 1) return { value: ms <= 0 ? "0" : ms.toFixed(2), unit: "ms" };
  if (ms < 10) return { value: oneDigit.format(ms), unit: "ms" };
  if (ms < 999.5) return { value: whole.format(ms), unit: "ms" };
  if (ms < 59_950) return { value: oneDigit.format(ms / 1000), unit: "s" };
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] =
    seconds < 3600
      ? [
          [Math.floor(seconds / 60), "min"],
          [seconds % 60, "s"],
        ]
      : seconds < 86_400
        ? [
            [Math.floor(seconds / 3600), "h"],
            [Math.floor((seconds % 3600) / 60), "min"],
          ]
        : [
            [Math.floor(seconds / 86_400), "d"],
            [Math.floor((seconds % 86_400) / 3600), "h"],
          ];
  return {
    value: parts
      .filter(([amount], index) => index === 0 || amount > 0)
      .map(([amount, unit]) => `${amount}${SPACE}${unit}`)
      .join(" "),
    unit: "",
  };
}

/** Bytes in binary units: `812 B`, `12.4 KiB`, `5 MiB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return NO_NUMBER;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
  let value = bytes;
  let index = 0;
  while (value >= 1023.5 && index < units.length - 1) {
    value /= 1024;
    index++;
  }
  const digits = index === 0 || value >= 100 ? whole.format(value) : oneDigit.format(value);
  return `${digits}${SPACE}${units[index]}`;
}
