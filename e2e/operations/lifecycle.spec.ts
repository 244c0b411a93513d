import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@playwright/test";
import {
  processesOf,
  removeInstallation,
  requireNothingLeft,
  startTestInstallation,
  type TestInstallation,
  type TestInstallationOptions,
} from "../../lib/testing/installation.ts";

// Every test has an installation of its own, and waits for processes most of the time.
test.describe.configure({ mode: "parallel", timeout: 180_000 });

const RUNS = /MCP Stack runs at/;
let started: TestInstallation[] = [];
const start = async (options: TestInstallationOptions = {}): Promise<TestInstallation> => {
  const installation = await startTestInstallation({
    ...options,
    env: { MCPSTACK_SAMPLE: "off", ...options.env },
  });
  started.push(installation);
  return installation;
};
test.afterEach(async () => {
  for (const installation of started) {
    installation.process.kill("SIGKILL");
    removeInstallation(installation);
  }
  started = [];
});

interface Readiness {
  status: string;
  parts: Record<string, { status: string }>;
}
const readinessOf = async ({ url }: TestInstallation): Promise<Readiness | null> =>
  fetch(`${url}/ready`).then(
    async (response) => (await response.json()) as Readiness,
    // Nobody listens while the edge is away.
    () => null,
  );
const untilReady = (installation: TestInstallation) =>
  expect.poll(async () => (await readinessOf(installation))?.status, { timeout: 60_000 }).toBe("ready");
const rolePids = ({ dataDir }: TestInstallation): Record<string, number> =>
  Object.fromEntries(
    (
      JSON.parse(readFileSync(path.join(dataDir, "run", "processes.json"), "utf8")) as {
        role: string;
        pid: number;
      }[]
    ).map(({ role, pid }) => [role, pid]),
  );
const databasePid = ({ dataDir }: TestInstallation): number =>
  Number(readFileSync(path.join(dataDir, "postgres", "pgdata", "postmaster.pid"), "utf8").split("\n")[0]);

test("it says when it serves, how its parts are, and leaves no process behind on SIGTERM", async () => {
  const installation = await start();
  await installation.untilPrinted(RUNS);
  const readiness = await readinessOf(installation);
  expect(readiness?.status).toBe("ready");
  expect(Object.keys(readiness?.parts ?? {})).toEqual(
    expect.arrayContaining(["database", "web", "jobs", "directory", "runtime"]),
  );
  expect((await fetch(`${installation.url}/health`)).status).toBe(200);
  expect(processesOf(installation.dataDir).length).toBeGreaterThan(4);
  expect(await installation.stop()).toBe(0);
});

test("any process that is killed comes back by itself, the database included", async () => {
  const installation = await start();
  await installation.untilPrinted(RUNS);
  for (const role of ["edge", "web", "jobs"]) {
    const before = rolePids(installation)[role] ?? 0;
    process.kill(before, "SIGKILL");
    await expect.poll(() => rolePids(installation)[role], { timeout: 30_000 }).not.toBe(before);
    await untilReady(installation);
  }
  process.kill(databasePid(installation), "SIGKILL");
  await expect.poll(() => installation.output()).toContain("the embedded database ended");
  await untilReady(installation);
  expect(await installation.stop()).toBe(0);
});

test("after the supervisor is killed the next start recovers by itself", async () => {
  const killed = await start();
  await killed.untilPrinted(RUNS);
  killed.process.kill("SIGKILL");
  const next = await start({ dataDir: killed.dataDir, port: killed.port });
  await next.untilPrinted(RUNS);
  await untilReady(next);
  expect(await next.stop()).toBe(0);
});

test("a second start on the same data directory says who has it, and disturbs nobody", async () => {
  const first = await start();
  await first.untilPrinted(RUNS);
  const second = await start({ dataDir: first.dataDir });
  await expect.poll(() => second.process.exitCode).toBe(1);
  expect(second.output()).toContain(`already runs on this data directory (process ${first.process.pid}`);
  expect((await readinessOf(first))?.status).toBe("ready");
  const third = await start({ port: first.port });
  await expect.poll(() => third.process.exitCode, { timeout: 20_000 }).toBe(1);
  expect(third.output()).toContain(`Port ${first.port} on 127.0.0.1 is in use`);
  requireNothingLeft(third.dataDir);
  expect(await first.stop()).toBe(0);
});

test("stopped in the middle of its first start, it leaves nothing behind and starts the next time", async () => {
  const interrupted = await start();
  await expect.poll(() => processesOf(interrupted.dataDir).length).toBeGreaterThan(1);
  expect(await interrupted.stop()).toBe(0);
  const next = await start({ dataDir: interrupted.dataDir });
  await next.untilPrinted(RUNS);
  expect(await next.stop()).toBe(0);
});

test("wrong settings are named all at once", async () => {
  const wrong = await start({ env: { MCPSTACK_LOG_LEVEL: "loud", MCPSTACK_PUBLIC_URL: "nowhere" } });
  await expect.poll(() => wrong.process.exitCode).toBe(1);
  expect(wrong.output()).toContain("MCPSTACK_LOG_LEVEL must be one of");
  expect(wrong.output()).toContain("MCPSTACK_PUBLIC_URL must be an http or https URL");
});

test("without the sample the first owner is made with a token that the terminal shows, and that works once", async ({
  page,
}) => {
  const installation = await start();
  await installation.untilPrinted(RUNS);
  const link = /http:\/\/\S+\/setup\?token=\S+/.exec(installation.output())?.[0] ?? "";
  expect(link).toContain(installation.url);
  expect(installation.output()).not.toContain("Password");
  expect((await page.goto(link))?.status()).toBe(200);
  await expect(page.getByRole("heading").first()).toBeVisible();
  await installation.stop();
  const again = await start({ dataDir: installation.dataDir, port: installation.port });
  await again.untilPrinted(RUNS);
  const fresh = /http:\/\/\S+\/setup\?token=\S+/.exec(again.output())?.[0] ?? "";
  expect(fresh).not.toBe(link);
  expect(fresh).toContain("/setup?token=");
  expect(await again.stop()).toBe(0);
});
