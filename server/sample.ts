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
import { ensureSampleAgents } from "./sample/agents.ts";
import { ensureSampleCredits, keepSampleCredits } from "./sample/credits.ts";
import { ensureSampleGateway, type SampleGateway } from "./sample/gateway.ts";
import { ensureSampleOwner, type SampleOwner } from "./sample/owner.ts";
import { ensurePublished, type SampleServer } from "./sample/publish.ts";
import { agentConversations, nextPartnerScenario, nextScenario } from "./sample/scenarios.ts";
import { runTraffic } from "./sample/traffic.ts";
import { SAMPLE_UPSTREAM_HOST } from "./sample-upstream-host.ts";
import type { SampleFacts } from "./supervisor/welcome.ts";

/** The copy of the sample server that partners reach through a gateway. */
const PARTNER = { slug: "support-partner", name: "Support API (partner)" } as const;
/** A partner calls from time to time. */
const PARTNER_PAUSES = { min: limits.sample.partnerCallEveryMsMin, max: limits.sample.partnerCallEveryMsMax };
/** How each agent of the sample works. */
const WORK_OF_AGENTS = {
  support: {
    clientName: "support-agent",
    everyMs: { min: limits.sample.agentCallEveryMsMin, max: limits.sample.agentCallEveryMsMax },
    endUsers: ["ana@customer.example", "ben@customer.example", "mia@customer.example", null],
    mayWrite: true,
  },
  digest: {
    clientName: "digest-agent",
    everyMs: { min: limits.sample.digestCallEveryMsMin, max: limits.sample.digestCallEveryMsMax },
    endUsers: [null],
    mayWrite: false,
  },
} as const;

/**
 * The sample: an organization with a hosted server, a copy of it behind a gateway, the API that both call, two agents with
 * budgets, credits to spend, and a small stream of real calls. Everything it makes goes through the same doors as a
 * user's work.
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
  await ensureCredits(sample);
  const calling = config.sampleTraffic
    ? // Without our own headers: to the server this is a client like any other.
      runTraffic({
        url: system.doors.internalMcp(supportApiSample.slug, "smoke").url,
        next: nextScenario,
        log: system.log,
        signal,
      })
    : Promise.resolve();
  await Promise.all([calling, servePartner(sample), keepCredits(sample)]);
}

const ctxOf = ({ system, owner }: Sample) => systemCtx(system, owner.organization.id, "sample");
/** A file of the data directory that keeps what the sample made for its organization. */
const fileOf = ({ config, owner }: Sample, name: string) =>
  path.join(config.dataDir, `sample-${name}-${owner.organization.id}.json`);

/** Without credits the sample works as well, on a plan without prices; the next start tries again. */
async function ensureCredits(sample: Sample): Promise<void> {
  try {
    await ensureSampleCredits(await ctxOf(sample), fileOf(sample, "credits"));
  } catch (error) {
    sample.system.log.warn({ err: error }, "the sample's credits cannot be granted");
  }
}

/** Looks after the sample's credits until it stops. */
async function keepCredits(sample: Sample): Promise<void> {
  const { system, signal } = sample;
  while (!signal.aborted) {
    try {
      await keepSampleCredits(await ctxOf(sample));
    } catch (error) {
      system.log.warn({ err: error }, "the sample's credits cannot be granted again");
    }
    await delay(limits.sample.creditsEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The second server with its gateway, a partner who calls through it with a key, and the agents. */
async function servePartner(sample: Sample): Promise<void> {
  const { config, system, signal } = sample;
  const state = await publishUntilDone(sample, PARTNER);
  if (state !== "published") return;
  const gateway = await partnerGateway(sample);
  if (!gateway) return;
  const agents = await sampleAgents(sample, gateway);
  if (!config.sampleTraffic) return;
  const { url } = system.doors.internalMcp(PARTNER.slug, "smoke");
  const through = new URL(`/gateway/${gateway.publicId}/mcp`, url).href;
  const call = (key: string) => ({
    url: through,
    headers: { authorization: `Bearer ${key}` },
    log: system.log,
    signal,
  });
  await Promise.all([
    runTraffic({
      ...call(gateway.key),
      clientName: "partner-bot",
      everyMs: PARTNER_PAUSES,
      next: nextPartnerScenario,
    }),
    ...(["support", "digest"] as const).map(async (role) => {
      const agent = agents?.[role];
      if (!agent) return;
      const { clientName, everyMs, endUsers, mayWrite } = WORK_OF_AGENTS[role];
      const callsMax = limits.sample.conversationCallsMax;
      const next = agentConversations({ endUsers, callsMax, startedMs: system.clock.nowMs(), mayWrite });
      await runTraffic({ ...call(agent.key), clientName, everyMs, next });
    }),
  ]);
}

/** Null when there is none, because the users changed it or because it could not be made; the next start tries again. */
async function partnerGateway(sample: Sample): Promise<SampleGateway | null> {
  try {
    return await ensureSampleGateway(await ctxOf(sample), {
      server: PARTNER.slug,
      file: fileOf(sample, "gateway"),
    });
  } catch (error) {
    sample.system.log.warn({ err: error }, "the sample's gateway cannot be made");
    return null;
  }
}

/** Null when they could not be made; the next start tries again. */
async function sampleAgents(sample: Sample, { gatewayId }: SampleGateway) {
  try {
    return await ensureSampleAgents(await ctxOf(sample), {
      servers: [PARTNER.slug, supportApiSample.slug],
      gatewayId,
      file: fileOf(sample, "agents"),
    });
  } catch (error) {
    sample.system.log.warn({ err: error }, "the sample's agents cannot be made");
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
