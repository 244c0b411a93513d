import type { ServerEntry } from "#lib/data-plane/directory/index.ts";
import type { RuntimeDriver } from "#lib/data-plane/hosting/index.ts";
import { createLogCanary, type LogCanaryRunner } from "#lib/data-plane/log-canary/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { saveCanary } from "#lib/domain/nodes/index.ts";
import { forgetCanaryLines, readCanaryLines } from "#lib/domain/requests/index.ts";
import { limits } from "#lib/kernel/limits.ts";

interface CanaryParts extends Pick<System, "database" | "clock" | "ids" | "log"> {
  driver: RuntimeDriver;
  server: ServerEntry;
  secret: string;
  ownUrl: () => string;
  node: string;
}

/** The log canary of this edge, which watches its own stream over the front door and reads its own rows. */
export function startCanary(parts: CanaryParts): LogCanaryRunner {
  const { database, clock, ids, log, driver, server, secret, ownUrl, node } = parts;
  return createLogCanary({
    server,
    driver,
    secret,
    clock,
    ids,
    log,
    streamUrl: () => `${ownUrl().replace(/^http/, "ws")}/log-stream/${server.slug}`,
    stored: (prefix, sinceMs) => readCanaryLines(database, server.id, prefix, sinceMs),
    async onFound(found) {
      await saveCanary({ database }, node, found);
      await forgetCanaryLines(database, clock.nowMs() - limits.canary.keptMs);
    },
  });
}
