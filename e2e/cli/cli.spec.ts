import type { HostingCheck, LogStreamStatus, Operation, Server, SmokeResult } from "#lib/contract/index.ts";
import { publishHosted } from "../support/api-client.ts";
import { runCli, startCli } from "../support/cli.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { callTool } from "../support/mcp-clients.ts";

/** The first tenant's login, as a build machine has it in its environment. */
const commands = test.extend<{ mcpstack: (...args: string[]) => ReturnType<typeof runCli> }>({
  mcpstack: async ({ product }, use) => {
    await use((...args) => runCli({ url: product.url, ...product.acme }, ...args));
  },
});

commands(
  "mcpstack servers get support-api --json reads the server [ops.servers.cli-get]",
  async ({ mcpstack, api }) => {
    const { exitCode, stdout } = await mcpstack("servers", "get", "support-api", "--json");
    expect(exitCode).toBe(0);
    const {
      updatedAt: _now,
      lastSmoke: _last,
      ...server
    } = await api.do<Server>("GET", "/mcp-servers/support-api");
    expect(JSON.parse(stdout)).toMatchObject(server);
    expect(await mcpstack("servers", "get", "no-such-server", "--json")).toMatchObject({
      exitCode: 5,
      stdout: "",
    });
  },
);

commands(
  "mcpstack smoke tools-list support-api --json prints the documented object and exits 0 [ops.smoke.cli] [ops.smoke.json]",
  async ({ mcpstack }) => {
    const { exitCode, stdout } = await mcpstack("smoke", "tools-list", "support-api", "--json");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^\{"server":"support-api","transport":"streamable-http","status":"passed","toolCount":14,/,
    );
    expect((JSON.parse(stdout) as SmokeResult).tools).toHaveLength(14);
  },
);

commands(
  "a smoke of a broken server fails a release: exit code 3, and what failed in words [ops.smoke.release-gate]",
  async ({ mcpstack, api }) => {
    const slug = uniqueSlug("broken");
    await publishHosted(api, { slug, code: hostedCode("1.0.0") });
    const gate = () => mcpstack("smoke", "tools-list", slug, "--json");
    expect((await gate()).exitCode).toBe(0);
    await api.do("PATCH", `/mcp-servers/${slug}/config`, { body: { environment: { FAIL_TOOLS_LIST: "1" } } });
    await expect(async () => {
      const { exitCode, stdout, stderr } = await gate();
      expect(exitCode).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({ status: "failed", failure: { step: "tools/list" } });
      expect(stderr).toContain("told to fail");
    }).toPass();
  },
);

commands(
  "mcpstack servers checks support-api --json runs every step in every region and exits 0; 3 when one fails [ops.checks.cli] [ops.checks.rest]",
  async ({ mcpstack, api }) => {
    const good = await mcpstack("servers", "checks", "support-api", "--json");
    expect(good.exitCode).toBe(0);
    expect(good.stdout).toMatch(/^\{"server":"support-api","status":"passed","regions":\[\{/);
    const check = JSON.parse(good.stdout) as HostingCheck;
    expect(check.regions[0]?.steps.map(({ name }) => name)).toEqual([
      "dns",
      "tls",
      "routing",
      "runtime",
      "tools/list",
    ]);
    const [stored] = await api.do<HostingCheck[]>("GET", "/mcp-servers/support-api/hosting-checks");
    expect(stored).toEqual(check);
    const slug = uniqueSlug("unpublished");
    await api.do("POST", "/mcp-servers", { body: { kind: "hosted", name: slug, slug } });
    const draft = await mcpstack("servers", "checks", slug, "--json");
    expect(draft.exitCode).toBe(3);
    expect(draft.stderr).toContain("Upload a version and publish it.");
  },
);

commands(
  "mcpstack logs stream follows the lines as they are written, and Ctrl-C ends it [ops.logs.cli-stream]",
  async ({ api, product }) => {
    const slug = uniqueSlug("streamed");
    await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 0 });
    const stream = startCli({ url: product.url, ...product.acme }, "logs", "stream", slug);
    const viewers = async () =>
      (await api.do<LogStreamStatus>("GET", `/mcp-servers/${slug}/log-stream/status`)).viewers;
    await expect.poll(viewers).toBe(1);
    const url = `${product.url}/mcp/${slug}`;
    await callTool(url, "write", { text: "first", count: 2 });
    await expect.poll(() => stream.stdout()).toContain("first 2");
    await callTool(url, "write", { text: "second", level: "error" });
    await expect.poll(() => stream.stdout()).toContain("second 1");
    const lines = stream.stdout().trimEnd().split("\n");
    expect(lines.map((line) => line.replace(/^.*?(first|second)/, "$1"))).toEqual([
      "first 1",
      "first 2",
      "second 1",
    ]);
    expect(lines[2]).toMatch(/error/i);
    stream.process.kill("SIGINT");
    expect(await stream.ended()).toBe(130);
    await expect.poll(viewers).toBe(0);
  },
);

commands(
  "mcpstack operations list support-api --json lists what was done [ops.operations.cli]",
  async ({ mcpstack, api }) => {
    const { exitCode, stdout } = await mcpstack("operations", "list", "support-api", "--json");
    expect(exitCode).toBe(0);
    const operations = JSON.parse(stdout) as Operation[];
    expect(operations).toEqual(await api.do("GET", "/mcp-servers/support-api/deployment-operations"));
    expect(operations.at(-1)).toMatchObject({ kind: "publish", state: "succeeded" });
  },
);

commands("a token that is none ends with exit code 4 and says how to sign in", async ({ product }) => {
  const run = await runCli(
    { url: product.url, organization: "acme", token: "mcpstack_sk_none" },
    "servers",
    "list",
  );
  expect(run).toMatchObject({ exitCode: 4, stdout: "" });
  expect(run.stderr).toContain("→");
});

commands(
  "mcpstack logs list finds a call, requests get shows it as a timeline with its console lines, and requests replay makes it again",
  async ({ mcpstack, api }) => {
    const slug = uniqueSlug("replayed");
    await publishHosted(api, { slug, code: hostedCode("1.0.0") });
    expect(
      await mcpstack("smoke", "call", slug, "write", "--args", '{"text":"traced","count":1}'),
    ).toMatchObject({
      exitCode: 0,
    });
    let requestId = "";
    await expect(async () => {
      const { stdout } = await mcpstack("logs", "list", slug, "--method", "tools/call", "--all", "--json");
      requestId = (JSON.parse(stdout) as { requestId: string }).requestId;
    }).toPass();
    await expect(async () => {
      const { stdout } = await mcpstack("requests", "get", requestId);
      expect(stdout).toMatch(/client {4}INFO {2}tools\/call write/);
      expect(stdout).toMatch(/runtime {3}INFO {2}traced 1\n/);
      expect(stdout).toMatch(/response {2}INFO {2}ok, HTTP 200/);
      expect(stdout).toMatch(/Billable +no: A (smoke|test)/);
    }).toPass();
    const unknown = await mcpstack("requests", "replay", requestId);
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Give the arguments") });
    const again = await mcpstack(
      "requests",
      "replay",
      requestId,
      "--arguments",
      '{"text":"again","count":1}',
      "--json",
    );
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      replay: { status: "passed", outcome: "ok" },
      isComparable: false,
    });
  },
);
