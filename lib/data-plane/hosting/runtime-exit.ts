import type { RuntimeExit } from "./runtime-driver.ts";
import type { RuntimeLimits } from "./runtime-limits.ts";

const OUT_OF_MEMORY = /heap limit|out of memory|cannot allocate memory|allocation failed/i;

/** Why a runtime process ended that nobody asked to end, from how it ended and its own last words. */
export function exitOf(
  ended: { code: number | null; signal: NodeJS.Signals | null },
  lastWords: readonly string[],
  limits: Pick<RuntimeLimits, "heapMiBMax">,
): RuntimeExit {
  if (lastWords.some((line) => OUT_OF_MEMORY.test(line))) return memoryExit(limits.heapMiBMax);
  if (ended.signal !== null) {
    return { reason: "crashed", message: `The server's runtime was ended by the system (${ended.signal}).` };
  }
  return {
    reason: "crashed",
    message: `The server's runtime ended by itself (exit code ${ended.code ?? "?"}).`,
  };
}

export const memoryExit = (mebibytes: number): RuntimeExit => ({
  reason: "memory_limit",
  message: `The server used more than its ${mebibytes} MiB of memory and was stopped.`,
});

export const cpuExit = (cpuMsMax: number): RuntimeExit => ({
  reason: "cpu_limit",
  message: `The server computed for ${cpuMsMax / 1_000} s without a pause and was stopped.`,
});

export const unresponsiveExit = (afterMs: number): RuntimeExit => ({
  reason: "crashed",
  message: `The server's runtime did not react for ${afterMs / 1_000} s and was stopped.`,
});

/** workerd names the service whose code it refuses; other words of its are about the configuration, which is ours. */
const SERVICE_PREFIX = /^service tenant: /;
const OWN_FRAME = /^\s*at .*\bmcpstack-/;
const ABSOLUTE_PATH = /(?:\/[\w.@+~-]+){2,}\/?/g;
const URL_IN_TEXT = /(\bhttps?:\/\/\S+)/;

/** Hides file system paths of this machine, and leaves URLs alone. */
const withoutPaths = (text: string): string =>
  text
    .split(URL_IN_TEXT)
    .map((part, index) =>
      // The separators are at odd places.
      index % 2 === 1
        ? part
        : part.replace(ABSOLUTE_PATH, (path) => path.split("/").filter(Boolean).at(-1) ?? ""),
    )
    .join("");

/**
 * What the runtime said when it refused a bundle, fit to be shown to the developer: without the service's name, our
 * own frames and paths of this machine. Null when it said nothing about the bundle.
 */
export function refusalMessage(systemLines: readonly string[]): string | null {
  const start = systemLines.find((line) => SERVICE_PREFIX.test(line));
  if (start === undefined) return null;
  const text = start
    .replace(SERVICE_PREFIX, "")
    .split("\n")
    .filter((line) => !OWN_FRAME.test(line))
    .join("\n");
  return withoutPaths(text).trim().slice(0, 1_000);
}
