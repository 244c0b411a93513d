import { and, asc, eq } from "drizzle-orm";
import { grants } from "#drizzle/schema/index.ts";
import { type Attachment, type DoctorReport, RunDoctor } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, workflow } from "../access/index.ts";
import { attachmentsOf } from "./attachments.ts";
import { describeGrants } from "./describe-grants.ts";
import { fail, pass, skip, toCheck, warn } from "./doctor/check.ts";
import { checkDoor } from "./doctor/check-door.ts";
import { checkGrants } from "./doctor/check-grants.ts";
import { checkIssuer } from "./doctor/check-issuer.ts";
import { checkTools } from "./doctor/check-tools.ts";
import { prober } from "./doctor/probe.ts";
import { GatewayRef, type GatewayRow, getGatewayRow } from "./gateway-row.ts";

const { doctorTimeoutMs, doctorServersAtOnceMax } = limits.gateways;

type ServerReport = DoctorReport["servers"][number];

/**
 * Walks every public URL of a gateway as a client would, and says what stands in its way and how to fix it. Ends within
 * `limits.gateways.doctorTimeoutMs` (plus a second to close); what it did not get to is skipped and says so. Changes
 * nothing; the credential is used for this run only.
 */
export const runGatewayDoctor = workflow({
  name: "gateway.doctor",
  scope: "checks:run",
  input: GatewayRef.extend(RunDoctor.shape),
  run: async (ctx, { gateway, credential }): Promise<DoctorReport> => {
    const startedMs = ctx.clock.monotonicMs();
    const { db } = ctx.database;
    const row = await getGatewayRow(db, ctx.organization.id, gateway);
    const attached = await attachmentsOf({ ...ctx, db }, row.id);
    const visit: Visit = { ctx, row, credential, deadline: AbortSignal.timeout(doctorTimeoutMs), startedMs };
    const [issuer, servers, granted] = await Promise.all([
      checkIssuer(row, ctx.clock, prober(ctx, visit.deadline)),
      checkServers(visit, attached),
      grantsOf(ctx, row),
    ]);
    const checks = [
      toCheck("servers", judgeServers(attached)),
      toCheck("grants", checkGrants(granted, attached)),
      ...issuer,
    ];
    const hasFailed = [...checks, ...servers.flatMap((server) => server.checks)].some(
      ({ status }) => status === "fail",
    );
    return {
      gateway: row.id,
      status: hasFailed ? "failed" : "passed",
      servers,
      checks,
      durationMs: Math.round(ctx.clock.monotonicMs() - startedMs),
      checkedAt: new Date(ctx.clock.nowMs()).toISOString(),
    };
  },
});

interface Visit {
  ctx: Ctx;
  row: GatewayRow;
  credential: string | undefined;
  deadline: AbortSignal;
  startedMs: number;
}

const judgeServers = (attached: readonly Attachment[]) =>
  attached.length === 0
    ? warn("No server is behind this gateway.", "Attach one on its Hosting page or in its settings.")
    : pass(`${attached.length} ${attached.length === 1 ? "server" : "servers"}.`);

async function grantsOf(ctx: Ctx, row: GatewayRow) {
  const { db } = ctx.database;
  const rows = await db
    .select()
    .from(grants)
    .where(and(eq(grants.organizationId, row.organizationId), eq(grants.gatewayId, row.id)))
    .orderBy(asc(grants.id))
    .limit(limits.gateways.listedMax);
  return describeGrants(db, row, rows);
}

/** A few servers at once, in the order of the list. */
async function checkServers(visit: Visit, attached: readonly Attachment[]): Promise<ServerReport[]> {
  const reports: ServerReport[] = [];
  const waiting = attached.entries();
  const worker = async (): Promise<void> => {
    for (const [index, attachment] of waiting) reports[index] = await checkServer(visit, attachment);
  };
  await Promise.all(Array.from({ length: doctorServersAtOnceMax }, worker));
  return reports;
}

async function checkServer(visit: Visit, attachment: Attachment): Promise<ServerReport> {
  const { ctx, row, credential, deadline, startedMs } = visit;
  const { serverId, serverSlug, url } = attachment;
  const report = { serverId, serverSlug, url };
  if (deadline.aborted) {
    const late = skip("The doctor's time was over before it came to this server.", "Run it again.");
    return { ...report, checks: [toCheck("challenge", late)] };
  }
  if (attachment.serverStatus !== "active") {
    const inactive = fail(
      `The server is ${attachment.serverStatus}, so its public URL answers nobody.`,
      "Publish a version or activate the server.",
    );
    return { ...report, checks: [toCheck("active", inactive)] };
  }
  const door = await checkDoor(row, attachment, { clock: ctx.clock, probe: prober(ctx, deadline) });
  const leftMs = Math.max(1, doctorTimeoutMs - (ctx.clock.monotonicMs() - startedMs));
  const timeoutMs = Math.min(leftMs, limits.checks.smokeTimeoutMs);
  const tools = await checkTools(row, attachment, { ctx, credential, timeoutMs });
  return { ...report, checks: [toCheck("active", pass("The server is active.")), ...door, ...tools] };
}
