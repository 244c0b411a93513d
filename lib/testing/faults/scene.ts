import { eq } from "drizzle-orm";
import { servers, serverVersions } from "#drizzle/schema/index.ts";
import type { DiagnoseInput } from "#lib/contract/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { attachAgentServer, createAgent, createAgentKey } from "#lib/domain/agents/index.ts";
import { grantCredits } from "#lib/domain/billing/index.ts";
import { runToolsListSmoke } from "#lib/domain/checks/index.ts";
import { packBundle, storeBundle } from "#lib/domain/deployments/bundle-store.ts";
import { getOperation, publishVersion, uploadVersion } from "#lib/domain/deployments/index.ts";
import { attachServer, createGateway, createGatewayKey } from "#lib/domain/gateways/index.ts";
import { changePlan } from "#lib/domain/plans/index.ts";
import { createServer, updateServerConfig } from "#lib/domain/servers/index.ts";
import { createIdSource, decodeId } from "#lib/kernel/ids.ts";
import { createTestOrganization, type TestOrganization } from "../tenants.ts";
import { testCtx } from "../test-context.ts";
import { type Caller, type CallerOptions, createCaller } from "./caller.ts";
import { type DeskApi, startDeskApi } from "./desk-api.ts";
import { deskCode } from "./desk-code.ts";
import { type DeskServer, startDeskServer } from "./desk-server.ts";
import type { Asked } from "./fault.ts";
import { type Fleet, PRICED_PLAN, REGIONAL_HOST, type Region } from "./fleet.ts";
import { type Past, writePast } from "./history.ts";
import type { DeskTraits } from "./hosted-desk.ts";

const MINUTE_MS = 60_000;
/** A scene was set up so long ago that nothing of it is news. */
const SET_UP_MINUTES_AGO = 26 * 60;
const SETTLE_MS_MAX = 15_000;

export interface SceneOptions {
  /** `connected`: a server of somebody else's; `hosted`: our own code in workerd. Default `connected`. */
  kind?: "connected" | "hosted";
  /** Of hosted servers: what their first version does. */
  traits?: Partial<DeskTraits>;
  /** How callers prove who they are at its gateway; null: there is none. Default `key`. */
  gateway?: "key" | "oauth" | "public" | null;
  /** Whether everyone who is let in may call everything. Default true. */
  grantEveryone?: boolean;
  /** An agent that may use the server. */
  agent?: boolean;
  /** Calls cost something, and there are credits. */
  priced?: boolean;
  /** The upstream is reached by the name that differs by region. */
  regional?: boolean;
  scopes?: string[];
  /** Nobody called it for hours: its runtime has to start first. */
  isCold?: boolean;
}

/** One organization of the fleet with a server, set up yesterday, in which one thing goes wrong. */
export interface Scene {
  readonly fleet: Fleet;
  readonly organization: TestOrganization;
  /** The owner, now. */
  readonly ctx: Ctx;
  /** The owner, so many minutes ago: what they do is dated then. */
  ago(minutes: number): Ctx;
  readonly server: { readonly id: string; readonly slug: string; readonly versionId: string | null };
  readonly desk: DeskServer;
  readonly api: DeskApi;
  readonly gateway: { readonly id: string; readonly publicId: string } | null;
  readonly key: { readonly id: string; readonly secret: string } | null;
  readonly agent: { readonly id: string; readonly keyId: string; readonly secret: string } | null;
  /** The URL that callers use: that of the gateway where there is one. */
  url(door?: "gateway" | "direct", region?: Region): string;
  /** What tokens for it must name. */
  readonly resource: string;
  caller(
    own?: Partial<CallerOptions> & { door?: "gateway" | "direct"; region?: Region; as?: "key" | "agent" },
  ): Caller;
  /** A request that was made without a caller: it is waited for as well. */
  sent(answer: { headers: Record<string, string | string[] | undefined> }): void;
  /** Calls that were made before, dated then. */
  past(past: Past): Promise<void>;
  /** Publishes a version and answers whether it serves. */
  publish(version: string, traits?: Partial<DeskTraits>): Promise<boolean>;
  /** Every edge has read what changed. */
  refresh(): Promise<void>;
  /** Everything that callers did until now is stored. */
  settled(): Promise<void>;
  /** The question, once everything is stored. */
  ask(input?: Omit<DiagnoseInput, "server"> & { server?: string | null }, ctx?: Ctx): Promise<Asked>;
}

let opened = 0;

export async function openScene(fleet: Fleet, options: SceneOptions = {}): Promise<Scene> {
  const { kind = "connected", gateway: access = "key" } = options;
  opened += 1;
  const name = `scene-${opened}`;
  const { system, database } = fleet;
  const organization = await createTestOrganization(database, name, `Scene ${opened}`);
  const ctx = testCtx(system, organization, "owner");
  const ago = (minutes: number): Ctx => dated(ctx, minutes);
  const then = ago(SET_UP_MINUTES_AGO);
  const [desk, api] = await Promise.all([startDeskServer(), startDeskApi()]);
  if (options.regional === true) {
    const target = new URL(kind === "hosted" ? api.url : desk.url).origin;
    for (const place of Object.values(fleet.regional)) place.target = target;
  }

  if (options.priced === true) {
    await grantCredits(then, {
      amountMicros: "50000000",
      kind: "manual",
      reason: "to begin with",
      expiresAt: null,
    });
    await changePlan(then, { plan: PRICED_PLAN });
  }
  const slug = `${name}-desk`;
  const upstreamUrl = options.regional === true ? `http://${REGIONAL_HOST}/mcp` : desk.url;
  const server = await createServer(
    then,
    kind === "connected" ? { kind, name: slug, slug, upstreamUrl } : { kind, name: slug, slug },
  );
  let versionId: string | null = null;
  if (kind === "hosted") {
    const apiUrl = options.regional === true ? `http://${REGIONAL_HOST}` : api.url;
    const environment = { API_URL: apiUrl, API_KEY: api.behaviour.key };
    await updateServerConfig(then, { server: server.id, environment });
    versionId = await serveSince(then, server.id, await deskCode({ version: "1.0.0", ...options.traits }));
    await system.doors.runtime.refresh(server.id);
  } else {
    await database.db.update(servers).set({ status: "active" }).where(eq(servers.id, server.id));
    await system.doors.runtime.refresh(server.id);
  }
  const gateway = access === null ? null : await frontWith(then, fleet, server.id, access, options);
  const madeKey =
    gateway && access === "key"
      ? await createGatewayKey(then, { gateway: gateway.id, name: "The desk's app" })
      : null;
  const agent = options.agent === true ? await addAgent(then, server.id, "Desk agent") : null;
  // The tools are known since then, as after a first smoke.
  if (options.isCold !== true) await runToolsListSmoke(then, { server: server.id });

  const requestIds = new Set<string>();
  const scene: Scene = {
    fleet,
    organization,
    ctx,
    ago,
    server: { id: server.id, slug, versionId },
    desk,
    api,
    gateway,
    key: madeKey && { id: madeKey.id, secret: madeKey.secret },
    agent,
    url: (door = gateway ? "gateway" : "direct", region = "eu") =>
      door === "gateway" && gateway
        ? `${fleet.url(region)}/gateway/${gateway.publicId}/mcp`
        : `${fleet.url(region)}/mcp/${slug}`,
    resource: gateway ? `${fleet.url("eu")}/gateway/${gateway.publicId}/mcp` : "",
    caller: ({ door, region, as = "key", ...own } = {}) =>
      createCaller({
        url: scene.url(door, region),
        credential: as === "agent" ? agent?.secret : madeKey?.secret,
        clientName: as === "agent" ? "desk-agent" : "desk-app",
        onRequest: (id) => requestIds.add(id),
        ...own,
      }),
    sent: ({ headers }) => void requestIds.add(String(headers["x-request-id"])),
    past: (past) => writePast(scene, past),
    publish: (version, traits = {}) => publish(ctx, server.id, version, traits),
    refresh: () => system.doors.runtime.refresh(server.id),
    settled: () => settled(scene, requestIds),
    async ask({ server: asked = slug, ...input } = {}, as = ctx) {
      await scene.settled();
      return { ctx: as, input: { ...input, ...(asked === null ? {} : { server: asked }) } };
    },
  };
  return scene;
}

/** The same caller at another time: what is written is dated then. */
function dated(ctx: Ctx, minutesAgo: number): Ctx {
  const nowMs = () => ctx.clock.nowMs() - minutesAgo * MINUTE_MS;
  return { ...ctx, clock: { ...ctx.clock, nowMs }, ids: createIdSource(nowMs) };
}

/** A version that serves since then, without the operation that published it. */
async function serveSince(then: Ctx, serverId: string, code: string): Promise<string> {
  const { db } = then.database;
  const bundle = await packBundle({ mainModule: "main.js", modules: { "main.js": code } });
  const versionId = then.ids.id("ver");
  const at = new Date(then.clock.nowMs());
  const organizationId = then.organization.id;
  await storeBundle(db, organizationId, bundle, at);
  await db.insert(serverVersions).values({
    organizationId,
    id: versionId,
    serverId,
    semver: "1.0.0",
    sha256: bundle.sha256,
    createdAt: at,
    publishedAt: at,
  });
  await db
    .update(servers)
    .set({ activeVersionId: versionId, status: "active" })
    .where(eq(servers.id, serverId));
  return versionId;
}

async function frontWith(
  then: Ctx,
  fleet: Fleet,
  serverId: string,
  access: "key" | "oauth" | "public",
  options: SceneOptions,
): Promise<{ id: string; publicId: string }> {
  const { id } = await createGateway(then, {
    name: "Front",
    access: [access],
    grantEveryone: options.grantEveryone ?? true,
    ...(access === "oauth"
      ? {
          providerType: "manual" as const,
          authorizationServerUrl: fleet.issuer.issuer,
          jwksUrl: fleet.issuer.jwksUrl,
          scopes: options.scopes ?? [],
        }
      : {}),
  });
  const { publicId } = await attachServer(then, { server: serverId, gatewayId: id });
  return { id, publicId };
}

/** An agent with a key that may use the server. */
export async function addAgent(then: Ctx, server: string, name: string) {
  const { id } = await createAgent(then, { name });
  await attachAgentServer(then, { agent: id, server });
  const key = await createAgentKey(then, { agent: id, name: `Key of ${name}` });
  return { id, keyId: key.id, secret: key.secret };
}

async function publish(
  ctx: Ctx,
  server: string,
  version: string,
  traits: Partial<DeskTraits>,
): Promise<boolean> {
  const body = new TextEncoder().encode(await deskCode({ version, ...traits }));
  await uploadVersion(ctx, { server, version, contentType: "text/javascript", body });
  return ended(ctx, publishVersion(ctx, { server, version }));
}

/** Waits until an operation has ended, and answers whether it did what it should. */
export async function ended(ctx: Ctx, queued: Promise<{ id: string; serverId: string }>): Promise<boolean> {
  const { id: operation, serverId: server } = await queued;
  for (;;) {
    const { state, finishedAt } = await getOperation(ctx, { server, operation });
    if (finishedAt !== null) return state === "succeeded";
    await pause(50);
  }
}

/** Waits until the store has every request that was answered, and then until nothing more comes in. */
async function settled({ ctx, server }: Scene, requestIds: ReadonlySet<string>): Promise<void> {
  const { sql: query } = ctx.database;
  const wanted = [...requestIds].flatMap((id) => decodeId("req", id) ?? []);
  const untilMs = performance.now() + SETTLE_MS_MAX;
  let before = "";
  while (performance.now() < untilMs) {
    const [row] = await query<{ missing: number; stored: string }[]>`
      select
        (select retention_days > 0 and deleted_at is null from servers where id = ${server.id})::int * (
          select count(*)::int from unnest(${wanted}::uuid[]) as asked (id)
          where not exists (select 1 from request_log r
            where r.organization_id = ${ctx.organization.id} and r.request_id = asked.id)) as missing,
        concat_ws(' ',
          (select count(*) from request_log where organization_id = ${ctx.organization.id}),
          (select count(*) from console_log where organization_id = ${ctx.organization.id}),
          (select count(*) from upstream_calls where organization_id = ${ctx.organization.id})) as stored`;
    if (row?.missing === 0 && row.stored === before) return;
    before = row?.stored ?? "";
    await pause(250);
  }
  throw new Error(`The requests of ${server.slug} are not stored.`);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
