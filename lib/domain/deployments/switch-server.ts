import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { servers, serverVersions } from "#drizzle/schema/index.ts";
import { OperationStep, SmokeReport } from "#lib/contract/index.ts";
import { command } from "../access/index.ts";
import { storeSmoke } from "../checks/index.ts";
import { getServerRow } from "../servers/index.ts";
import type { OperationKindValue } from "./operation-row.ts";
import { succeedOperation } from "./run-operation.ts";

/** The name of the step that `switchServer` is. */
export const SWITCH_STEP = "switch";

/**
 * The one transaction of a publish, activation or deactivation: the server's new status and version, the smoke that
 * allowed it, the operation's success and the audit record, or none of them.
 */
export const switchServer = (kind: OperationKindValue) =>
  command({
    name: `deployment.${kind}.succeed`,
    scope: "deployments:write",
    input: z.object({
      operationId: z.string(),
      serverId: z.string(),
      status: z.enum(["active", "inactive"]),
      /** The version that serves from now on; null keeps the present one. */
      versionId: z.string().nullable(),
      /** What the gate saw; null when there was none. */
      smoke: SmokeReport.nullable(),
      steps: z.array(OperationStep),
    }),
    run: async (ctx, input) => {
      const before = await getServerRow(ctx.db, ctx.organization.id, input.serverId, { lock: true });
      const now = new Date(ctx.clock.nowMs());
      const versionId = input.versionId ?? before.activeVersionId;
      await ctx.db
        .update(servers)
        .set({
          status: input.status,
          activeVersionId: versionId,
          publishedAt: versionId === before.activeVersionId ? before.publishedAt : now,
          updatedAt: now,
        })
        .where(and(eq(servers.organizationId, before.organizationId), eq(servers.id, before.id)));
      if (versionId !== null && input.status === "active")
        await ctx.db
          .update(serverVersions)
          .set({ publishedAt: now })
          .where(
            and(
              eq(serverVersions.organizationId, before.organizationId),
              eq(serverVersions.id, versionId),
              isNull(serverVersions.publishedAt),
            ),
          );
      if (input.smoke) await storeSmoke(ctx, { id: before.id, activeVersionId: versionId }, input.smoke);
      await succeedOperation(ctx, input.operationId, input.steps);
      return {
        value: null,
        audit: {
          entity: "server",
          entityId: before.id,
          before: { status: before.status, activeVersionId: before.activeVersionId },
          after: { status: input.status, activeVersionId: versionId, operation: input.operationId },
        },
      };
    },
  });
