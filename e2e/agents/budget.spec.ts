import { expectAccessible } from "../support/axe.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { type FrontedServer, frontedServer } from "../support/gateways.ts";
import { expectGoodPage } from "../support/good-page.ts";
import { connectMcp } from "../support/mcp-clients.ts";

let fronted: FrontedServer;
test.beforeAll(async ({ api }) => {
  fronted = await frontedServer(api, "budgeted");
});

test("an agent made in the browser calls with its key, its tab shows what it spent, and a lower cap stops it in words that name the budget [ops.agents.budget-tab]", async ({
  page,
}) => {
  const name = uniqueSlug("Buyer");
  await page.goto("/acme/agents/new");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create agent" }).click();
  const attaching = page.getByRole("dialog", { name: `Attach a server to ${name}` });
  await attaching.getByLabel("Server").selectOption({ label: `${fronted.slug} (${fronted.slug})` });
  await attaching.getByRole("button", { name: /^Attach/ }).click();
  await expect(page.getByRole("table", { name: "Attached servers" })).toContainText(fronted.slug);

  const tabs = page.getByRole("navigation", { name: "Agent" });
  await tabs.getByRole("link", { name: /^Keys/ }).click();
  await page.getByRole("button", { name: "New key" }).first().click();
  const making = page.getByRole("dialog", { name: "New key" });
  await making.getByLabel("Name").fill("robot");
  await making.getByRole("button", { name: "Create key" }).click();
  const made = page.getByRole("dialog", { name: "The key robot" });
  const secret = (await made.getByRole("code").first().textContent()) ?? "";
  await expect(made, "a snippet that works as it is").toContainText(fronted.attachment.url);
  await made.getByRole("button", { name: "Done" }).click();

  const client = await connectMcp(fronted.attachment.url, "modern", { authorization: `Bearer ${secret}` });
  const first = await client.callTool("write");
  expect(first).toMatchObject({ isError: false, text: "done" });
  await tabs.getByRole("link", { name: "Budget & Usage" }).click();
  const month = page.getByRole("region", { name: "This month", exact: true });
  await expect(month, "what it cost").toContainText(/\$0\.0001\d/, { timeout: 20_000 });
  await expect(page.getByRole("main")).toContainText("How far spending can pass a cap: $0.00");

  await page.getByLabel("Monthly cap of the agent").fill("0.0001");
  await expect(page.getByRole("main")).toContainText("below what is spent already");
  await page.getByRole("button", { name: "Save budget" }).click();
  await expect(month).toContainText("100 %");
  const denied = await client.callTool("write");
  expect(denied.isError).toBe(true);
  expect(denied.text).toContain("monthly budget of this agent");
  expect(denied.structuredContent).toMatchObject({ limitSource: "agent_budget", remainingMicros: "0" });
  await client.close();
});

for (const tab of ["", "/servers", "/budget", "/keys", "/settings"]) {
  test(`${tab || "the overview"} of an agent is accessible in both themes and on a phone, and asks nobody else`, async ({
    page,
    api,
    product,
  }) => {
    const [agent] = await api.do<{ id: string }[]>("GET", "/agents");
    await expectGoodPage(
      page,
      () => page.goto(`/acme/agents/${agent?.id}${tab}`).then(() => undefined),
      product.url,
    );
  });
}

test("so are the questions before a server is attached, a key rotated and an agent paused", async ({
  page,
  api,
}) => {
  const agent = await api.do<{ id: string }>("POST", "/agents", { body: { name: uniqueSlug("Paused") } });
  await api.do("POST", `/agents/${agent.id}/keys`, { body: { name: "robot" } });
  await page.goto(`/acme/agents/${agent.id}/servers?attach=true`);
  await expect(page.getByRole("dialog").getByLabel("Server")).toBeVisible();
  await expectAccessible(page, "attach");
  await page.goto(`/acme/agents/${agent.id}/keys`);
  await page.getByRole("button", { name: "Rotate robot" }).click();
  await expect(page.getByRole("dialog", { name: "Rotate robot" })).toBeVisible();
  await expectAccessible(page, "rotate");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByRole("alertdialog")).toContainText("Every call of it is denied");
  await expectAccessible(page, "pause");
});
