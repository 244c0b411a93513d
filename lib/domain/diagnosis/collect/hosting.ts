import type { Evidence } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { within } from "../../access/index.ts";
import { runHostingCheck, storedHostingCheck } from "../../checks/index.ts";
import { readCaps, readCrashes, readRegions } from "../../health/index.ts";
import { getServerRow } from "../../servers/index.ts";
import { changesOf } from "./changes.ts";
import { cutText } from "./evidence-text.ts";
import { type Collection, NotCollected } from "./section.ts";
import { probing } from "./smoke.ts";
import { presentServer } from "./windows.ts";

type Hosting = Evidence["hosting"];
type Collected<Part extends keyof Hosting> = Extract<Hosting[Part], { status: "collected" }>["value"];

/** Where and how the server runs, and what somebody changed. */
export async function collectHosting(collection: Collection): Promise<Hosting> {
  const { section, ctx, question, organizationId } = collection;
  const rowOf = () => getServerRow(ctx.database.db, organizationId, presentServer(question).id);
  const check = section("hosting.check", () => checkOf(collection));
  const [checkSection, regions, crashes, caps, changes, urls] = await Promise.all([
    check,
    // A fresh check decides how the regions are.
    check.then(() => section("hosting.regions", async () => readRegions(ctx, await rowOf()))),
    section("hosting.crashes", async () =>
      (await readCrashes(ctx, await rowOf())).map((crash) => ({ ...crash, reason: cutText(crash.reason) })),
    ),
    section("hosting.caps", async () => readCaps(ctx, await rowOf())),
    section("hosting.changes", () => changesOf(collection)),
    section("hosting.urls", () => urlsOf(collection)),
  ]);
  return { regions, check: checkSection, crashes, caps, changes, urls };
}

/** A fresh check while one may be made and ends in time, else the newest that is stored. */
async function checkOf(collection: Collection): Promise<Collected<"check">> {
  const { ctx, organizationId, question } = collection;
  const { id } = presentServer(question);
  let why: unknown;
  try {
    const row = await probing(collection);
    return evidenceOf(await within(limits.incidents.probeMs, runHostingCheck(ctx, { server: row.id })));
  } catch (error) {
    why = error;
    if (!(error instanceof NotCollected))
      ctx.log.warn({ err: error, serverId: id }, "a diagnosis goes on without a fresh hosting check");
  }
  const stored = await storedHostingCheck(ctx.database.db, { organizationId, id });
  if (stored) return evidenceOf(stored);
  throw why;
}

function evidenceOf(check: NonNullable<Awaited<ReturnType<typeof storedHostingCheck>>>): Collected<"check"> {
  return {
    id: check.id,
    status: check.status,
    checkedAt: check.checkedAt,
    regions: check.regions.map((region) => ({
      ...region,
      steps: region.steps.map((step) => ({ ...step, detail: cutText(step.detail), fix: cutText(step.fix) })),
    })),
  };
}

async function urlsOf({ ctx, question, organizationId, read }: Collection): Promise<Collected<"urls">> {
  const { id, slug } = presentServer(question);
  const [gateway] = await read(
    (sql) => sql<{ id: string; public_id: string; access: string[] }[]>`
      select g.id, gs.public_id, g.access from gateway_servers gs
      join gateways g on g.organization_id = gs.organization_id and g.id = gs.gateway_id and g.deleted_at is null
      where gs.organization_id = ${organizationId} and gs.server_id = ${id}`,
  );
  return {
    directUrl: ctx.doors.mcpUrl(slug),
    gatewayUrl: gateway ? ctx.doors.gatewayUrl(gateway.public_id) : null,
    gatewayId: gateway?.id ?? null,
    gatewayAccess: gateway?.access ?? [],
  };
}
