import type { Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { said } from "./words.ts";

/** Regions that serve nobody, and why in a few words. */
export function regionsDown(evidence: Evidence): { region: string; why: string; isPlace: boolean }[] {
  return (valueIn(evidence.hosting.regions) ?? []).flatMap(({ region, state, nodes, lastProbe }) => {
    if (state !== "down") return [];
    const isSilent = nodes.length > 0 && nodes.every((node) => node.state !== "live");
    const step = lastProbe?.failedStep ?? null;
    const why = isSilent
      ? "no edge of it lives"
      : step === null
        ? "its check failed"
        : `its check of ${said(step, 40)} failed`;
    return [{ region, why, isPlace: isSilent || step === "dns" || step === "tls" }];
  });
}

/**
 * Whether it is the place that is down: others work, or what fails there is not the server itself, whose own trouble
 * fails the checks of every region.
 */
export function isPlaceDown(evidence: Evidence): boolean {
  const { server } = evidence.subject;
  if (server === null || server.isDeleted || server.status !== "active") return false;
  const all = valueIn(evidence.hosting.regions) ?? [];
  const down = regionsDown(evidence);
  const isElsewhereFine = all.some(({ state }) => state === "healthy" || state === "degraded");
  return down.some(({ isPlace }) => isPlace || isElsewhereFine);
}
