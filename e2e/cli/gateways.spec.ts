import type { DoctorReport, GatewayLogPage, Grant } from "#lib/contract/index.ts";
import { runCli } from "../support/cli.ts";
import { expect, test } from "../support/fixtures.ts";
import { frontedServer } from "../support/gateways.ts";
import { connectMcp } from "../support/mcp-clients.ts";

test("mcpstack gateways logs and doctor explain who was let in, and a grant decides which tools [ops.gateways.cli-logs] [ops.gateways.grants]", async ({
  product,
  api,
}) => {
  const mcpstack = (...args: string[]) => runCli({ url: product.url, ...product.acme }, ...args);
  const { slug, gateway, attachment, key } = await frontedServer(api, "cli-gateway");
  const path = `/gateways/${gateway.id}`;
  const [everyone] = await api.do<Grant[]>("GET", `${path}/grants`);
  const client = await connectMcp(attachment.url, "modern", { authorization: `Bearer ${key.secret}` });
  const [tool = ""] = await client.listTools();
  await client.callTool(tool);

  await api.do("PATCH", `${path}/grants/${everyone?.id}`, { body: { tools: ["nothing_*"] } });
  await expect(client.callTool(tool), "in effect when the change is answered").rejects.toThrow(
    /may not call/,
  );
  expect(await client.listTools()).toEqual([]);
  await client.close();

  await expect(async () => {
    const { exitCode, stdout } = await mcpstack("gateways", "logs", slug, "--denied", "--json");
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as GatewayLogPage).data).toMatchObject([
      {
        serverSlug: slug,
        tool,
        decision: { allowed: false, reason: "grant_missing_for_tool", principalName: "robot" },
      },
    ]);
  }, "the denial is in the log").toPass({ timeout: 15_000 });
  const shown = await mcpstack("gateways", "logs", gateway.id, "--server", slug, "--since", "10m");
  expect(shown.stdout).toMatch(/robot\s+tools\/call\s+\S+\s+denied\s+grant_missing_for_tool\s+req_/);

  const report = await mcpstack("gateways", "doctor", slug, "--credential", key.secret, "--json");
  expect(report).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("nothing_*") });
  expect(JSON.parse(report.stdout) as DoctorReport).toMatchObject({ gateway: gateway.id, status: "passed" });
  expect(report.stdout + report.stderr).not.toContain(key.secret);
  await api.do("POST", `/mcp-servers/${slug}/deactivate`);
  await expect(async () => {
    const { exitCode, stderr } = await mcpstack("gateways", "doctor", slug);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("inactive")]);
  }, "a closed door fails the gate").toPass({ timeout: 30_000 });
});
