import type { Locator, Page } from "@playwright/test";
import type { Grant, RequestPage } from "#lib/contract/index.ts";
import { type AgentOnServer, agentOnServer } from "../support/agents.ts";
import type { ApiClient } from "../support/api-client.ts";
import { expect, test } from "../support/fixtures.ts";
import { frontedServer } from "../support/gateways.ts";
import { rawCall } from "../support/mcp-clients.ts";

interface Asked {
  symptom: RegExp;
  server?: string;
  agent?: string;
  tool?: string;
}

/** From the list of incidents to the verdict in three clicks; what it is about is chosen and typed in between. */
async function walkthrough(page: Page, { symptom, server, agent, tool }: Asked): Promise<Locator> {
  await page.goto("/acme/incidents");
  await page.getByRole("link", { name: "Start walkthrough" }).first().click();
  await page.getByRole("radio", { name: symptom }).click();
  const field = (name: RegExp) => page.getByRole("combobox", { name });
  if (server) await field(/^Server/).selectOption(server);
  if (agent) await field(/^Agent/).selectOption({ label: agent });
  if (tool) await field(/^Tool/).fill(tool);
  await page.getByRole("button", { name: "Start walkthrough" }).click();
  return page.getByRole("region", { name: "Diagnosis", exact: true });
}

/** Waits until so many rows of the server's log under the filter are stored. */
const stored = (api: ApiClient, slug: string, count: number, query: Record<string, string> = {}) =>
  expect
    .poll(async () => (await api.do<RequestPage>("GET", `/mcp-servers/${slug}/logs`, { query })).total)
    .toBeGreaterThanOrEqual(count);

/** Calls one tool again and again, several at once. */
async function callOften(
  robot: AgentOnServer,
  tool: string,
  args: (index: number) => Record<string, unknown>,
  count: number,
) {
  const client = await robot.connect();
  for (let done = 0; done < count; done += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => client.callTool(tool, args(done + index))),
    );
  await client.close();
}
const AT_ONCE = 10;

test("smoke passes but the agent fails: three clicks name the grant, after the six steps in their order, with the server, the time, the agent, the tool and whether tools/list passes [ops.incident.smoke-passes-agent-fails] [ops.incident.order] [ops.incident.evidence]", async ({
  page,
  api,
}) => {
  const robot = await agentOnServer(api, "denied");
  const [everyone] = await api.do<Grant[]>("GET", `/gateways/${robot.gateway.id}/grants`);
  await api.do("PATCH", `/gateways/${robot.gateway.id}/grants/${everyone?.id}`, {
    body: { tools: ["read_*"] },
  });
  const client = await robot.connect();
  await expect(client.callTool("write")).rejects.toThrow(/may not call/);
  await client.close();
  await stored(api, robot.slug, 1, { outcome: "grant_denied" });

  const verdict = await walkthrough(page, {
    symptom: /Smoke passes, but an agent/,
    server: robot.slug,
    agent: robot.agent.name,
    tool: "write",
  });
  await expect(verdict).toContainText("tool not granted");
  await expect(verdict.getByRole("heading").first()).toContainText("write");
  await expect(verdict.getByRole("list", { name: "Evidence of the verdict" })).toBeVisible();
  const steps = page.getByRole("list", { name: "Walkthrough" });
  const names = ["Smoke", "Hosting", "Server logs", "Gateway logs", "Usage and billing", "Agent budget"];
  const heads = steps.locator("li > a");
  await expect(heads).toHaveCount(names.length);
  for (const [index, name] of names.entries())
    await expect(heads.nth(index)).toContainText(`${index + 1}${name}`);
  const main = page.getByRole("main");
  for (const part of [robot.slug, robot.agent.name, "write"]) await expect(main).toContainText(part);
  await expect(main.locator("time").first(), "when").toBeVisible();
  await heads.first().click();
  await expect(page.getByRole("region", { name: "Step Smoke" })).toContainText(/tools\/list/);
});

test("empty server logs: three clicks say that clients call the URL that the gateway closed [ops.incident.empty-logs]", async ({
  page,
  api,
  product,
}) => {
  const { slug } = await frontedServer(api, "silent");
  const direct = `${product.url}/mcp/${slug}`;
  for (let index = 0; index < 8; index++)
    await rawCall(direct, "tools/call", { name: "write", arguments: {} });
  await stored(api, slug, 8);
  const verdict = await walkthrough(page, { symptom: /logs are empty/, server: slug });
  await expect(verdict).toContainText(/wrong url|direct access off/);
  await expect(verdict.getByRole("heading").first()).toContainText(/direct|URL/i);
});

test("a sudden usage spike: three clicks name the agent that repeats itself [ops.incident.usage-spike]", async ({
  page,
  api,
}) => {
  const robot = await agentOnServer(api, "spiked");
  await api.do("PATCH", `/mcp-servers/${robot.slug}`, { body: { recordBodies: true } });
  await api.do("PATCH", `/agents/${robot.agent.id}/budget`, { body: { loopCallsPerMinuteMax: null } });
  await callOften(robot, "write", () => ({ text: "again" }), 80);
  await stored(api, robot.slug, 80, { tool: "write" });
  const verdict = await walkthrough(page, { symptom: /Usage went up/, server: robot.slug });
  await expect(verdict).toContainText(": loop");
  await expect(verdict.getByRole("heading").first()).toContainText(/write/);
});

test("credits drop without code changes: three clicks name the agent that spends them [ops.incident.credits-drop]", async ({
  page,
  api,
}) => {
  const robot = await agentOnServer(api, "costly");
  await callOften(robot, "answer_with", (index) => ({ bytes: 1_000_000 + index }), 40);
  await stored(api, robot.slug, 40, { tool: "answer_with" });
  const verdict = await walkthrough(page, { symptom: /Credits drop/, agent: robot.agent.name });
  await expect(verdict).toContainText("hosted agent use");
  await expect(verdict.getByRole("heading").first()).toContainText(robot.agent.name);
});
