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
import { ensureSampleOwner, type SampleOwner } from "./sample/owner.ts";
import { ensurePublished } from "./sample/publish.ts";
import { nextScenario } from "./sample/scenarios.ts";
import { runTraffic } from "./sample/traffic.ts";
import { SAMPLE_UPSTREAM_HOST } from "./sample-upstream-host.ts";
import type { SampleFacts } from "./supervisor/welcome.ts";

/**
 * The sample: an organization with one hosted server, the API that server calls, and a small stream of real calls.
 * Everything it makes goes through the same doors as a user's work.
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
    .then(() => work(config, system, owner, apiKey, stopping.signal, announce));
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

async function work(
  config: Config,
  system: WebSystem,
  owner: SampleOwner,
  apiKey: string,
  signal: AbortSignal,
  onState: (state: SampleFacts["state"]) => void,
): Promise<void> {
  const state = await publishUntilDone(system, owner, apiKey, signal);
  onState(state);
  if (state !== "published" || !config.sampleTraffic) return;
  // Without our own headers: to the server this is a client like any other.
  const { url } = system.doors.internalMcp(supportApiSample.slug, "smoke");
  await runTraffic({ url, next: nextScenario, log: system.log, signal });
}

/** The edge may still be starting, or a user may have taken the name: tried ever more rarely, said at each try. */
async function publishUntilDone(
  system: WebSystem,
  owner: SampleOwner,
  apiKey: string,
  signal: AbortSignal,
): Promise<SampleFacts["state"]> {
  let delayMs: number = limits.sample.retryDelayMsMin;
  while (!signal.aborted) {
    try {
      return await ensurePublished(await systemCtx(system, owner.organization.id, "sample"), {
        slug: supportApiSample.slug,
        name: supportApiSample.name,
        description: supportApiSample.description,
        version: supportApiSample.semver,
        bundle: new Uint8Array(await readFile(supportApiSample.bundlePath)),
        environment: { SUPPORT_API_URL: `http://${SAMPLE_UPSTREAM_HOST}`, SUPPORT_API_KEY: apiKey },
      });
    } catch (error) {
      if (signal.aborted) break;
      system.log.warn({ err: error, delayMs }, "the sample server cannot be published yet; trying again");
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
