import type {
  AgentUsage,
  Diagnosis,
  GatewayLogPage,
  HostingCheck,
  LogStreamStatus,
  Operation,
  Server,
  SmokeResult,
} from "#lib/contract/index.ts";
import { agentOnServer } from "../support/agents.ts";
import { publishHosted } from "../support/api-client.ts";
import { runCli, startCli } from "../support/cli.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";

test("the seven commands of an incident, one after the other, each tell their part of the same call", async ({
  api,
  product,
}) => {
  const login = { url: product.url, ...product.acme };
  const read = async <Answer>(...args: string[]): Promise<Answer> => {
    const { exitCode, stdout, stderr } = await runCli(login, ...args, "--json");
    expect(exitCode, `${args.join(" ")}: ${stderr}`).toBe(0);
    return JSON.parse(stdout) as Answer;
  };
  const { slug, gateway, agent, connect } = await agentOnServer(api, "seed");

  expect(await read<Server>("servers", "get", slug)).toMatchObject({ slug, status: "active" });
  expect(await read<SmokeResult>("smoke", "tools-list", slug)).toMatchObject({
    server: slug,
    transport: "streamable-http",
    status: "passed",
  });
  expect(await read<HostingCheck>("servers", "checks", slug)).toMatchObject({
    server: slug,
    status: "passed",
  });

  const stream = startCli(login, "logs", "stream", slug);
  await expect
    .poll(
      async () => (await api.do<LogStreamStatus>("GET", `/mcp-servers/${slug}/log-stream/status`)).viewers,
    )
    .toBe(1);
  const client = await connect();
  const call = await client.callTool("write", { text: "seen live" });
  await client.close();
  await expect.poll(() => stream.stdout()).toContain("seen live 1");
  stream.process.kill("SIGINT");
  expect(await stream.ended()).toBe(130);

  await expect
    .poll(async () => {
      const { data } = await read<GatewayLogPage>("gateways", "logs", gateway.id);
      return data.find(({ requestId }) => requestId === call.requestId);
    })
    .toMatchObject({ serverSlug: slug, tool: "write", decision: { allowed: true } });
  expect(await read<Operation[]>("operations", "list", slug)).toMatchObject([
    { kind: "publish", state: "succeeded" },
  ]);
  const usage = await read<AgentUsage>("agents", "usage", agent.name);
  expect(usage).toMatchObject({ agentId: agent.id, totals: { calls: 1, errors: 0 } });
  expect(BigInt(usage.month.spentMicros)).toBeGreaterThan(0n);
});

test("mcpstack diagnose ends with 0 for a healthy server, 1 when it cannot tell, and 3 with the cause when it is broken", async ({
  api,
  product,
}) => {
  const slug = uniqueSlug("diagnosed");
  await publishHosted(api, { slug, code: hostedCode("1.0.0") });
  const diagnose = async (...args: string[]) => {
    const run = await runCli({ url: product.url, ...product.acme }, "diagnose", slug, "--json", ...args);
    return { ...run, diagnosis: JSON.parse(run.stdout) as Diagnosis };
  };
  const healthy = await diagnose();
  expect(healthy.diagnosis.status, healthy.stdout).toBe("healthy");
  expect(healthy.exitCode).toBe(0);

  const unknown = await diagnose("--at", "6d", "--no-probe");
  expect(unknown.diagnosis.status, unknown.stdout).toBe("abstained");
  expect(unknown.exitCode).toBe(1);
  expect(unknown.stderr).toContain("not enough evidence");

  await api.do("PATCH", `/mcp-servers/${slug}/config`, { body: { environment: { FAIL_TOOLS_LIST: "1" } } });
  await expect(async () => {
    const broken = await diagnose("--open");
    expect(broken.exitCode, broken.stdout).toBe(3);
    expect(broken.diagnosis.verdict?.evidence.length).toBeGreaterThan(0);
    expect(broken.stderr).toMatch(new RegExp(`${product.url}/acme/incidents/\\d+`));
  }).toPass();
});
