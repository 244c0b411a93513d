import { revokeGatewayKey } from "#lib/domain/gateways/index.ts";
import { updateServer } from "#lib/domain/servers/index.ts";
import { cause, type Fault } from "../fault.ts";
import { openScene } from "../scene.ts";

export const NO_LOGS_FAULTS: readonly Fault[] = [
  {
    // Since there is a gateway, the address that the clients still have answers nobody.
    id: "old-url",
    symptom: "empty_logs",
    expect: cause("wrong_url", "direct_access_off"),
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 40, door: "direct", principal: "anonymous" });
      await scene.caller({ door: "direct", credential: undefined }).repeat(8, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "all-turned-away",
    symptom: "empty_logs",
    expect: cause("key_revoked", "blocked_at_gateway"),
    async inject(fleet) {
      const scene = await openScene(fleet, { kind: "hosted" });
      await scene.past({ calls: 40 });
      await revokeGatewayKey(scene.ctx, { gateway: scene.gateway?.id ?? "", key: scene.key?.id ?? "" });
      await scene.caller().repeat(8, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "nobody-granted",
    symptom: "empty_logs",
    expect: cause("tool_not_granted", "blocked_at_gateway"),
    async inject(fleet) {
      const scene = await openScene(fleet, { grantEveryone: false });
      await scene.caller().repeat(8, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "nobody-calls",
    symptom: "empty_logs",
    expect: cause("no_traffic"),
    isReduced: true,
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 40 });
      return scene.ask();
    },
  },
  {
    id: "retention-zero",
    symptom: "empty_logs",
    expect: cause("retention_zero"),
    isReduced: true,
    async inject(fleet) {
      const scene = await openScene(fleet);
      await updateServer(scene.ago(300), { server: scene.server.id, retentionDays: 0 });
      await scene.refresh();
      await scene.caller().repeat(8, "search_tickets");
      return scene.ask();
    },
  },
  {
    // The table of console lines is held by somebody's maintenance, so lines do not arrive.
    id: "log-pipeline-stuck",
    symptom: "empty_logs",
    expect: cause("log_pipeline_stale"),
    isAlone: true,
    async inject(fleet) {
      const scene = await openScene(fleet, { kind: "hosted" });
      await scene.past({ calls: 40 });
      const hold = await holdConsoleLog(fleet.database.sql);
      await scene.caller().repeat(8, "search_tickets");
      await untilCanaryMisses(fleet.database.sql);
      return { ...(await scene.ask()), undo: hold.release };
    },
  },
];

type Sql = Parameters<typeof holdConsoleLog>[0];

/** Locks the table against writers, as a careless `create index` does. */
async function holdConsoleLog(sql: import("postgres").Sql) {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const transaction = sql.begin(async (tx) => {
    await tx.unsafe("lock table console_log in share mode");
    held.resolve();
    await released.promise;
  });
  await held.promise;
  return {
    release: async (): Promise<void> => {
      released.resolve();
      await transaction;
    },
  };
}

/** Waits until the log canary of every edge has found its lines missing. */
async function untilCanaryMisses(sql: Sql): Promise<void> {
  const untilMs = performance.now() + 100_000;
  while (performance.now() < untilMs) {
    const rows = await sql<{ canary: { state: string } | null }[]>`
      select canary from edge_nodes where stopped_at is null`;
    if (rows.every(({ canary }) => canary?.state === "lost")) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("No canary noticed.");
}
