import { randomUUID } from "node:crypto";
import type { ServerDirectory } from "#lib/data-plane/directory/index.ts";
import { createMeter, type Meter } from "#lib/data-plane/metering/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { suspendAgent } from "#lib/domain/budgets/index.ts";
import { createLeaseStore } from "#lib/domain/ledger/index.ts";
import { listExpectedNodes } from "#lib/domain/nodes/index.ts";
import { limits } from "#lib/kernel/limits.ts";

interface MeterParts {
  system: System;
  directory: ServerDirectory;
  node: string;
}

/** Watches what the calls of this edge cost, with leases from the books in the database. */
export function startMeter({ system, directory, node }: MeterParts): Meter {
  const { database, clock, ids, log } = system;
  let liveNodes = 1;
  const count = async (): Promise<void> => {
    const nodes = await listExpectedNodes({ database, clock });
    liveNodes = Math.max(1, nodes.filter(({ isSilent }) => !isSilent).length);
  };
  const timer = setInterval(() => {
    count().catch((error: unknown) => log.debug({ err: error }, "the live nodes could not be counted"));
  }, limits.nodes.heartbeatMs);
  timer.unref();
  const meter = createMeter({
    store: createLeaseStore(database, { clock, ids }),
    directory,
    clock,
    log,
    node,
    epoch: randomUUID(),
    liveNodes: () => liveNodes,
    onLoop(agent, { tool, server, callsPerMinuteMax }) {
      const call = `${tool} of ${server.slug}`.slice(0, limits.requests.nameCharactersMax);
      suspendAgent(
        { system, actor: { kind: "system", name: "loop guard" }, requestId: ids.id("req") },
        { organizationId: agent.organizationId, agentId: agent.id, call, callsPerMinuteMax },
      ).catch((error: unknown) =>
        log.error({ err: error, agentId: agent.id }, "an agent that seems to loop could not be paused"),
      );
    },
  });
  return {
    ...meter,
    close: async () => {
      clearInterval(timer);
      await meter.close();
    },
  };
}
