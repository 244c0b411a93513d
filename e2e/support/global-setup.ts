import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type APIRequestContext, request } from "@playwright/test";
import type { CreatedApiToken, Scope } from "#lib/contract/index.ts";
import { freePort, removeInstallation, startTestInstallation } from "../../lib/testing/installation.ts";
import { type Instance, shareInstance, type Tenant } from "./instance.ts";
import { callTool } from "./mcp-clients.ts";
import { makeSecondTenant } from "./people.ts";
import { callAsPerson, signIn } from "./session.ts";
import { SINK_HOST, UPSTREAM_HOST } from "./upstream.ts";

/**
 * Starts the built product with its sample and a second tenant; the returned function stops it and fails when a
 * process is left behind. With `E2E_URL` and `E2E_DATA_DIR` of an instance that runs already, for work on one test,
 * that one is used and goes on.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const { E2E_URL: url, E2E_DATA_DIR: dataDir, E2E_UPSTREAM_PORT: port, E2E_SINK_PORT: sink } = process.env;
  const sessions = mkdtempSync(path.join(os.tmpdir(), "mcpstack-e2e-sessions-"));
  const removeSessions = () => rmSync(sessions, { recursive: true, force: true });
  if (url && dataDir) {
    const ports = { upstreamPort: Number(port ?? 0), sinkPort: Number(sink ?? 0) };
    shareInstance(await prepare({ url, dataDir, ...ports, sessions }));
    return async () => removeSessions();
  }
  const [upstreamPort, sinkPort] = [await freePort(), await freePort()];
  const installation = await startTestInstallation({
    env: {
      MCPSTACK_EGRESS_HOSTS: `${UPSTREAM_HOST}=127.0.0.1:${upstreamPort},${SINK_HOST}=127.0.0.1:${sinkPort}`,
      // The sample is on a plan with prices; a run makes more servers than that plan has room for.
      MCPSTACK_PLANS_FILE: path.join(import.meta.dirname, "plans.json"),
      // Lets a test come from another address than the rest of the run.
      MCPSTACK_TRUST_PROXY: "on",
    },
  });
  const stop = async () => {
    removeSessions();
    const exitCode = await installation.stop();
    if (exitCode !== 0) throw new Error(`It ended with code ${exitCode}:\n${installation.output()}`);
    removeInstallation(installation);
  };
  try {
    await installation.untilPrinted(/MCP Stack runs at/);
    await untilSampleServes(installation.url);
    shareInstance(
      await prepare({
        url: installation.url,
        dataDir: installation.dataDir,
        upstreamPort,
        sinkPort,
        sessions,
      }),
    );
  } catch (error) {
    // Without the function that this one returns, nobody else would stop it.
    console.error(installation.output());
    await stop();
    throw error;
  }
  return stop;
}

const SAMPLE_MS_MAX = 120_000;
const SAMPLE_POLL_MS = 250;

/** Where the machine is slow, the sample is published some time after everything else runs. */
async function untilSampleServes(url: string): Promise<void> {
  const deadlineMs = Date.now() + SAMPLE_MS_MAX;
  const answers = () =>
    callTool(`${url}/mcp/support-api`, "ticket_stats").then(
      () => null,
      (error: unknown) => error,
    );
  for (let failure = await answers(); failure !== null; failure = await answers()) {
    if (Date.now() > deadlineMs) throw new Error("The sample server does not answer.", { cause: failure });
    await delay(SAMPLE_POLL_MS);
  }
}

interface Started {
  url: string;
  dataDir: string;
  upstreamPort: number;
  sinkPort: number;
  sessions: string;
}

/** Signs both tenants in and keeps their sessions for the tests. */
async function prepare({ sessions, ...started }: Started): Promise<Instance> {
  const { url, dataDir } = started;
  const owner = JSON.parse(readFileSync(path.join(dataDir, "sample-owner.json"), "utf8")) as {
    email: string;
    password: string;
  };
  const [acmeSession, globexSession] = [
    await request.newContext({ baseURL: url }),
    await request.newContext({ baseURL: url }),
  ];
  await signIn(acmeSession, owner);
  const second = await makeSecondTenant(url, acmeSession, globexSession);
  const keep = async (session: APIRequestContext, tenant: Omit<Tenant, "sessionFile" | "token">) => {
    const sessionFile = path.join(sessions, `${tenant.organization}.json`);
    await session.storageState({ path: sessionFile });
    const token = await makeToken(url, session, tenant.organization);
    await session.dispose();
    return { ...tenant, sessionFile, token };
  };
  return {
    ...started,
    acme: await keep(acmeSession, { organization: "acme", ...owner }),
    globex: await keep(globexSession, second),
  };
}

/** Everything that a token of a build or of a tool needs. */
const TOKEN_SCOPES: readonly Scope[] = [
  "organization:read",
  "members:read",
  "servers:read",
  "servers:write",
  "deployments:write",
  "logs:read",
  "checks:read",
  "checks:run",
  "gateways:read",
  "gateways:write",
  "agents:read",
  "agents:write",
  "budgets:write",
  "usage:read",
  "usage:write",
  "audit:read",
  "billing:read",
  "incidents:read",
  "incidents:write",
];

async function makeToken(url: string, session: APIRequestContext, organization: string): Promise<string> {
  const body = { name: "e2e", scopes: TOKEN_SCOPES };
  const address = `/organizations/${organization}/api-tokens`;
  return (await callAsPerson<CreatedApiToken>(session, url, "POST", address, body)).secret;
}
