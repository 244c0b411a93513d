import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Config, loadConfig } from "#lib/config/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { listCheckRuns } from "#lib/domain/checks/index.ts";
import { getDeployment, publishVersion, uploadVersion } from "#lib/domain/deployments/index.ts";
import { createServer, updateServerConfig } from "#lib/domain/servers/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { namedVersion } from "#lib/testing/deploy-under-load.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  createTenants,
  fakeRuntime,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { freePort } from "#lib/testing/installation.ts";
import { startEdge } from "./edge.ts";
import { startJobs } from "./jobs.ts";
import type { RunningRole } from "./role.ts";

/** The real edge and the real jobs process over one database. */
let stored: TestDatabase;
let directory: string;
let roles: RunningRole[];
let ctx: Ctx;

beforeAll(async () => {
  stored = await testDatabase();
  directory = await mkdtemp(path.join(tmpdir(), "mcpstack-canaries-"));
  const config: Config = loadConfig({
    DATABASE_URL: stored.url,
    PORT: String(await freePort()),
    MCPSTACK_DATA_DIR: directory,
    MCPSTACK_SECRET_AUTH: "a".repeat(64),
    MCPSTACK_SECRET_ENCRYPTION: "b".repeat(64),
    MCPSTACK_SECRET_INTERNAL: "c".repeat(64),
    MCPSTACK_LOG_LEVEL: "error",
    NODE_ENV: "production",
  });
  const box = createSealedBox(config.secrets.encryption);
  const system = testSystem({
    database: stored.database,
    clock: systemClock,
    doors: { seal: box.seal, unseal: box.unseal, runtime: fakeRuntime() },
  });
  const { acme } = await createTenants(stored.database);
  ctx = testCtx(system, acme, "owner");
  roles = [await startEdge(config), await startJobs(config)];
});
afterAll(async () => {
  for (const role of roles.toReversed()) await role.close();
  await stored.close();
  await rm(directory, { recursive: true, force: true });
});

it("a declared canary runs by itself through the real path once its server is published", async ({
  task,
}) => {
  const slug = `watched-${task.result?.retryCount ?? 0}`;
  const { id } = await createServer(ctx, { kind: "hosted", name: "Watched", slug });
  const canary = { tool: "echo", arguments: {}, expectedText: "one", everySeconds: 30 };
  await updateServerConfig(ctx, {
    server: id,
    checks: { expectedTools: [], requireBothEras: false, canary },
  });
  await uploadVersion(ctx, {
    server: id,
    version: "1.0.0",
    contentType: "text/javascript",
    body: new TextEncoder().encode(namedVersion("one")),
  });
  await publishVersion(ctx, { server: id, version: "1.0.0" });
  await eventually(async () => expect((await getDeployment(ctx, { server: id })).status).toBe("active"));
  await eventually(async () =>
    expect(await listCheckRuns(ctx, { server: id, kind: "canary" })).toMatchObject([
      { status: "passed", tool: "echo", actor: "canary" },
    ]),
  );
});
