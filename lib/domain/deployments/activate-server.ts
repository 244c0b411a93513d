import { and, eq } from "drizzle-orm";
import { serverVersions } from "#drizzle/schema/index.ts";
import type { Operation, SmokeReport } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, workflow } from "../access/index.ts";
import { smokeToolsList, storableReport } from "../checks/index.ts";
import { announce, getServerRow, ServerRef, type ServerRow } from "../servers/index.ts";
import type { OperationSteps } from "./operation-steps.ts";
import { GATE_STEPS, passGate } from "./release-gate.ts";
import { runOperation } from "./run-operation.ts";
import { SWITCH_STEP, switchServer } from "./switch-server.ts";
import type { VersionRow } from "./version-row.ts";

const SMOKE_STEP = "tools/list";

/**
 * Lets a server answer after a gate: a hosted one starts its present version on trial, a connected one must list its
 * tools. Answers when it is done. A failed gate changes nothing. Throws `conflict` when a hosted server has no version
 * yet or another operation runs.
 */
export const activateServer = workflow({
  name: "deployment.activate",
  scope: "deployments:write",
  input: ServerRef,
  run: async (ctx, input): Promise<Operation> => {
    const server = await getServerRow(ctx.database.db, ctx.organization.id, input.server);
    const version = server.kind === "hosted" ? await presentVersion(ctx, server) : null;
    // The data plane must know the URL as it is stored now before it is asked to reach it.
    if (version === null) await announce(ctx, server.id);
    const operation = await runOperation(ctx, {
      kind: "activate",
      server,
      versionId: server.activeVersionId,
      steps: version ? [...GATE_STEPS, SWITCH_STEP] : [SMOKE_STEP, SWITCH_STEP],
      work: async (operationId, steps) => {
        const smoke = version
          ? await passGate(ctx, server, version, steps)
          : await passSmoke(ctx, server, steps);
        const switchedMs = ctx.clock.monotonicMs();
        await switchServer("activate")(ctx, {
          operationId,
          serverId: server.id,
          status: "active",
          versionId: null,
          smoke,
          steps: steps.succeeded(SWITCH_STEP, switchedMs),
        });
      },
    });
    await announce(ctx, server.id);
    return operation;
  },
});

async function presentVersion(ctx: Ctx, server: ServerRow): Promise<VersionRow> {
  const [version] =
    server.activeVersionId === null
      ? []
      : await ctx.database.db
          .select()
          .from(serverVersions)
          .where(
            and(
              eq(serverVersions.organizationId, server.organizationId),
              eq(serverVersions.id, server.activeVersionId),
            ),
          );
  if (version) return version;
  throw new DomainError(
    "conflict",
    "This server has no published version yet. Publish one: that activates it.",
  );
}

async function passSmoke(ctx: Ctx, server: ServerRow, steps: OperationSteps): Promise<SmokeReport> {
  return steps.run(SMOKE_STEP, async () => {
    const { url, headers } = ctx.doors.internalMcp(server.slug, "smoke");
    const report = storableReport(
      await smokeToolsList({
        serverSlug: server.slug,
        url,
        headers,
        timeoutMs: limits.checks.smokeTimeoutMs,
        clock: ctx.clock,
        ids: ctx.ids,
      }),
    );
    if (report.failure)
      throw new DomainError("upstream_failed", `${report.failure.message} ${report.failure.fix}`, {
        details: { step: report.failure.step, code: report.failure.code },
      });
    return report;
  });
}
