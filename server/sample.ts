import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Config, createFileOnce } from "#lib/config/index.ts";
import { systemCtx } from "#lib/domain/organizations/index.ts";
import { createWebSystem, type WebSystem } from "#lib/http/system.ts";
import { limits } from "#lib/kernel/limits.ts";
import { createSupportUpstream, supportApiSample } from "../samples/support-api/sample.ts";
import type { RoleHost, RunningRole } from "./role.ts";
import { ensureSampleGateway } from "./sample/gateway.ts";
import { ensureSampleOwner, type SampleOwner } from "./sample/owner.ts";
import { ensurePublished, type SampleServer } from "./sample/publish.ts";
import { nextPartnerScenario, nextScenario } from "./sample/scenarios.ts";
import { runTraffic } from "./sample/traffic.ts";
import { SAMPLE_UPSTREAM_HOST } from "./sample-upstream-host.ts";
import type { SampleFacts } from "./supervisor/welcome.ts";

/** The copy of the sample server that partners reach through a gateway. */
const PARTNER = { slug: "support-partner", name: "Support API (partner)" } as const;
/** A partner calls from time to time. */
const PARTNER_PAUSES = { min: limits.sample.partnerCallEveryMsMin, max: limits.sample.partnerCallEveryMsMax };

/**
 * The sample: an organization with a hosted server, a copy of it behind a gateway, the API that both call, and a small
 * stream of real calls. Everything it makes goes through the same doors as a user's work.
 */
export async function startSample(config: Config, host: RoleHost): Promise<RunningRole> {
  const system = createWebSystem(config);
  const apiKey = createFileOnce(path.join(config.dataDir, "sample-upstream-key"), () =>
    system.ids.secret(24),
  );
  const upstream = await listen(createSupportUpstream({ apiKey }), config.egressHosts[SAMPLE_UPSTREAM_HOST]);
  const owner = await ensureSampleOwner(system, config.dataDir);
  const stopping = new AbortController();
  const announce = (state: SampleFacts["state"]) => host.announce(factsOf(owner, state));
  announce("preparing");
  const working = host
    .whenReady("edge")
    .then(() => work({ config, system, owner, apiKey, signal: stopping.signal }, announce));
  return {
    async close() {
      stopping.abort();
      upstream.closeAllConnections();
      upstream.close();
      await working;
      await system.database.close();
    },
  };
}

const factsOf = (
  { organization, email, password }: SampleOwner,
  state: SampleFacts["state"],
): SampleFacts => ({
  organizationSlug: organization.slug,
  serverSlug: supportApiSample.slug,
  email,
  password,
  state,
});

interface Sample {
  config: Config;
  system: WebSystem;
  owner: SampleOwner;
  apiKey: string;
  signal: AbortSignal;
}

async function work(sample: Sample, onState: (state: SampleFacts["state"]) => void): Promise<void> {
  const { config, system, signal } = sample;
  const state = await publishUntilDone(sample, supportApiSample);
  onState(state);
  if (state !== "published") return;
  const calling = config.sampleTraffic
    ? // Without our own headers: to the server this is a client like any other.
      runTraffic({
        url: system.doors.internalMcp(supportApiSample.slug, "smoke").url,
        next: nextScenario,
        log: system.log,
        signal,
      })
    : Promise.resolve();
  await Promise.all([calling, servePartner(sample)]);
}

/** The second server with its gateway, and a partner who calls through it with a key. */
async function servePartner(sample: Sample): Promise<void> {
  const { config, system, owner, signal } = sample;
  const state = await publishUntilDone(sample, PARTNER);
  if (state !== "published") return;
  const gateway = await partnerGateway(system, owner, config.dataDir);
  if (!gateway || !config.sampleTraffic) return;
  const { url } = system.doors.internalMcp(PARTNER.slug, "smoke");
  await runTraffic({
    url: new URL(`/gateway/${gateway.publicId}/mcp`, url).href,
    headers: { authorization: `Bearer ${gateway.key}` },
    clientName: "partner-bot",
    everyMs: PARTNER_PAUSES,
    next: nextPartnerScenario,
    log: system.log,
    signal,
  });
}

/** Null when there is none, because the users changed it or because it could not be made; the next start tries again. */
async function partnerGateway(system: WebSystem, { organization }: SampleOwner, dataDir: string) {
  try {
    const ctx = await systemCtx(system, organization.id, "sample");
    const file = path.join(dataDir, `sample-gateway-${organization.id}.json`);
    return await ensureSampleGateway(ctx, { server: PARTNER.slug, file });
  } catch (error) {
    system.log.warn({ err: error }, "the sample's gateway cannot be made");
    return null;
  }
}

/** The edge may still be starting, or a user may have taken the name: tried ever more rarely, said at each try. */
async function publishUntilDone(
  { system, owner, apiKey, signal }: Sample,
  named: Pick<SampleServer, "slug" | "name">,
): Promise<SampleFacts["state"]> {
  let delayMs: number = limits.sample.retryDelayMsMin;
  while (!signal.aborted) {
    try {
      return await ensurePublished(await systemCtx(system, owner.organization.id, "sample"), {
        slug: named.slug,
        name: named.name,
        description: supportApiSample.description,
        version: supportApiSample.semver,
        bundle: new Uint8Array(await readFile(supportApiSample.bundlePath)),
        environment: { SUPPORT_API_URL: `http://${SAMPLE_UPSTREAM_HOST}`, SUPPORT_API_KEY: apiKey },
      });
    } catch (error) {
      if (signal.aborted) break;
      const fields = { err: error, server: named.slug, delayMs };
      system.log.warn(fields, "the sample server cannot be published yet; trying again");
      await delay(delayMs, undefined, { signal }).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, limits.sample.retryDelayMsMax);
    }
  }
  return "preparing";
}

/** Listens where the supervisor told the egress to find it. */
async function listen(server: Server, address: string | undefined): Promise<Server> {
  const port = Number(address?.slice(address.lastIndexOf(":") + 1));
  if (!port)
    throw new Error(
      `There is no egress host ${SAMPLE_UPSTREAM_HOST}; start the sample through server/main.ts.`,
    );
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
