import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { System } from "#lib/domain/access/index.ts";
import { type EdgeNode, registerNode, stopNode } from "#lib/domain/nodes/index.ts";
import { limits } from "#lib/kernel/limits.ts";

const Manifest = z.object({ version: z.string() });
/** Version of the product. */
export const { version: productVersion } = Manifest.parse(createRequire(import.meta.url)("../package.json"));

/**
 * Keeps telling that this edge lives, for as long as it does. Never fails: while the database is away, and for one that
 * does not answer, it tries again by time. Answers how to stop, which takes at most `limits.nodes.stopTimeoutMs`.
 */
export function keepNodeRegistered(
  system: Pick<System, "database" | "clock" | "log">,
  edge: Omit<EdgeNode, "version" | "startedAtMs">,
): () => Promise<void> {
  const { clock, log } = system;
  const self: EdgeNode = { ...edge, version: productVersion, startedAtMs: clock.nowMs() };
  const stopping = new AbortController();
  const { signal } = stopping;

  const beat = async (): Promise<void> => {
    let isFailing = false;
    while (!signal.aborted) {
      try {
        const namesake = await registerNode(system, self);
        if (namesake !== null)
          log.error(
            { node: self.node, namesake },
            "another edge uses the same name, so only one of the two is known at a time; give each its own MCPSTACK_NODE",
          );
        isFailing = false;
      } catch (error) {
        if (!isFailing && !signal.aborted) log.warn({ err: error }, "this edge cannot make itself known");
        isFailing = true;
      }
      await delay(limits.nodes.heartbeatMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  const beating = beat();
  return async () => {
    stopping.abort();
    const ended = beating
      .then(() => stopNode(system, self))
      .catch((error: unknown) => log.warn({ err: error }, "this edge could not say that it ends"));
    await Promise.race([ended, delay(limits.nodes.stopTimeoutMs, undefined, { ref: false })]);
  };
}
