import { isComingBack } from "./connection.ts";
import type { CanaryState, SourceSnapshot } from "./viewer-snapshot.ts";

const WORST_FIRST: readonly CanaryState["state"][] = ["lost", "late", "stale", "ok", "unknown"];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const largest = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((max, value) => (value !== null && value > (max ?? -1) ? value : max), null);

/** What is said of several streams at once: their numbers together, the worst canary, and the best connection. */
export function combined(sources: readonly SourceSnapshot[]): SourceSnapshot {
  const [first] = sources;
  if (first === undefined) throw new RangeError("a viewer watches at least one server");
  if (sources.length === 1) return first;
  const rates = sources.flatMap(({ serverRate }) => (serverRate === null ? [] : [serverRate]));
  const best =
    sources.find(({ connection }) => connection.phase === "live") ??
    sources.find(({ connection }) => isComingBack(connection)) ??
    sources.find(({ connection }) => connection.phase !== "refused") ??
    first;
  const worst = [...sources].sort(
    (a, b) => WORST_FIRST.indexOf(a.canary.state) - WORST_FIRST.indexOf(b.canary.state),
  )[0];
  return {
    ...first,
    connection: best.connection,
    viewers: null,
    retentionDays: largest(sources.map(({ retentionDays }) => retentionDays)),
    serverRate: rates.length === 0 ? null : sum(rates),
    shownRate: sum(sources.map(({ shownRate }) => shownRate)),
    lagMs: largest(sources.map(({ lagMs }) => lagMs)),
    received: sum(sources.map(({ received }) => received)),
    errors: sum(sources.map(({ errors }) => errors)),
    dropped: sum(sources.map(({ dropped }) => dropped)),
    canary: worst?.canary ?? first.canary,
  };
}
