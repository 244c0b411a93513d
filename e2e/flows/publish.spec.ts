import type { Operation, Server, Version } from "#lib/contract/index.ts";
import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { LiveLog } from "../support/live-log.ts";
import { callTool, connectMcp, rawCall, serverVersion } from "../support/mcp-clients.ts";
import { cardOf } from "../support/page-parts.ts";
import { wordsOfWorkerd } from "../support/workerd.ts";

const moduleFile = (code: string) => ({
  name: "server.js",
  mimeType: "text/javascript",
  buffer: Buffer.from(code),
});
/** Broken in a way that the runtime has words of its own for. */
const BROKEN = "export default { fetch( { return 1; } };\n";

test("one module, chosen in the dashboard, becomes a server that clients call, with its history [ops.publish-history] [ops.hosting.publish-status]", async ({
  page,
  product,
}) => {
  const slug = uniqueSlug("uploaded");
  await page.goto("/acme/servers");
  await page.getByRole("link", { name: "New server" }).first().click();
  await page.getByLabel("Name").fill(slug.toUpperCase());
  await expect(page.getByLabel("Slug"), "the slug follows the name").toHaveValue(slug);
  await page.locator("input[type=file]").setInputFiles(moduleFile(hostedCode("1.0.0")));
  await page.getByRole("button", { name: "Create and publish" }).click();
  await expect(page).toHaveURL(`${product.url}/acme/servers/${slug}`, { timeout: 30_000 });

  const client = await connectMcp(`${product.url}/mcp/${slug}`);
  expect(await client.listTools()).toContain("levels");
  expect((await client.callTool("levels")).text).toBe("done");
  await client.close();

  await page.getByRole("navigation", { name: "Server" }).getByRole("link", { name: "Hosting" }).click();
  const deployment = cardOf(page, "Deployment");
  await expect(deployment.getByText("Active", { exact: true })).toBeVisible();
  await expect(deployment).toContainText("last publish");
  await expect(cardOf(page, "Versions").getByRole("row", { name: /1\.0\.0/ })).toContainText("serving");
  const operations = cardOf(page, "Operations");
  await expect(operations.getByRole("button", { name: /publish 1\.0\.0/ })).toContainText("succeeded");
  await expect(operations).toContainText("Olivia Owner");
  for (const step of ["Start apart from traffic", "Gate: tools/list", "Switch traffic"])
    await expect(operations).toContainText(step);
});

test("a bundle that does not load is refused in the runtime's own words, and callers notice nothing", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("refused");
  const url = `${product.url}/mcp/${slug}`;
  await publishHosted(api, { slug, code: hostedCode("1.0.0") });
  await page.goto(`/acme/servers/${slug}/hosting`);
  await cardOf(page, "Versions").getByRole("button", { name: "Upload" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish a new version" });
  await dialog.locator("input[type=file]").setInputFiles(moduleFile(BROKEN));
  await dialog.getByRole("button", { name: "Publish 1.0.1" }).click();
  const refusal = dialog.getByRole("alert");
  await expect(refusal).toContainText("Refused. Nothing changed for callers.", { timeout: 30_000 });
  const words = wordsOfWorkerd(BROKEN);
  expect(words).toContain("SyntaxError");
  await expect(refusal.locator("pre")).toHaveText(words);
  expect(await serverVersion(url)).toBe("1.0.0");

  const [refused] = await api.do<Operation[]>("GET", `/mcp-servers/${slug}/deployment-operations`);
  expect(refused).toMatchObject({ kind: "publish", version: "1.0.1", state: "failed", error: words });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(cardOf(page, "Versions").getByRole("row", { name: /1\.0\.0/ })).toContainText("serving");
  await expect(cardOf(page, "Operations").getByRole("button", { name: /publish 1\.0\.1/ })).toContainText(
    "failed",
  );
  await expect(cardOf(page, "Operations")).toContainText("SyntaxError");

  await cardOf(page, "Versions").getByRole("button", { name: "Upload" }).click();
  await dialog.locator("input[type=file]").setInputFiles(moduleFile(hostedCode("1.0.2")));
  await dialog.getByRole("button", { name: "Publish 1.0.2" }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  expect(await serverVersion(url)).toBe("1.0.2");
});

test("a new server whose first bundle is refused stays a draft that can be finished in place", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("draft");
  await page.goto("/acme/servers/new");
  await page.getByLabel("Name").fill(slug);
  await page.locator("input[type=file]").setInputFiles(moduleFile(BROKEN));
  await page.getByRole("button", { name: "Create and publish" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "SyntaxError" })).toBeVisible({ timeout: 30_000 });
  expect(await api.do<Server>("GET", `/mcp-servers/${slug}`)).toMatchObject({ status: "draft" });
  await page.locator("input[type=file]").setInputFiles(moduleFile(hostedCode("1.0.1")));
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page).toHaveURL(`${product.url}/acme/servers/${slug}`, { timeout: 30_000 });
  expect(
    (await api.do<Version[]>("GET", `/mcp-servers/${slug}/versions`)).map(({ semver }) => semver),
  ).toEqual(["1.0.1", "1.0.0"]);
});

test("a deactivated server refuses callers in clear words until it is activated again", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("switched");
  const url = `${product.url}/mcp/${slug}`;
  await publishHosted(api, { slug, name: "Switched", code: hostedCode("1.0.0") });
  await page.goto(`/acme/servers/${slug}/hosting`);
  await page.getByRole("button", { name: "Deactivate", exact: true }).click();
  const confirm = page.getByRole("alertdialog", { name: "Deactivate Switched?" });
  const button = confirm.getByRole("button", { name: "Deactivate" });
  await expect(button).toBeDisabled();
  await confirm.getByRole("textbox").fill(slug);
  await button.click();
  await expect(page.getByText("Inactive", { exact: true }).first()).toBeVisible();
  const refused = await rawCall(url, "tools/list");
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.status).not.toBe(500);
  expect(refused.body.error.message).toMatch(/not active|inactive/i);
  await page.getByRole("button", { name: "Activate", exact: true }).click();
  await expect(page.getByText("Active", { exact: true }).first()).toBeVisible();
  expect((await callTool(url, "levels")).text).toBe("done");
  const kinds = (await api.do<Operation[]>("GET", `/mcp-servers/${slug}/deployment-operations`)).map(
    ({ kind, state }) => `${kind} ${state}`,
  );
  expect(kinds).toEqual(["activate succeeded", "deactivate succeeded", "publish succeeded"]);
});

test("an environment variable is read by the code and shown by nothing: no page, no API, no log line [log.env.variables] [log.env.secret-values]", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("secrets");
  const url = `${product.url}/mcp/${slug}`;
  const secret = `hunter2-${slug}-hunter2`;
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  await page.goto(`/acme/servers/${slug}/settings`);
  await page.getByLabel("New variable").fill("DESK_KEY");
  await page.getByLabel("Value").fill(secret);
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await expect(cardOf(page, "Environment variables").getByText("DESK_KEY")).toBeVisible();
  await expect
    .poll(async () => (await callTool(url, "read_environment", { name: "DESK_KEY" })).text)
    .toBe(secret);

  const live = new LiveLog(page);
  await live.openPage("acme", slug);
  await callTool(url, "read_environment", { name: "DESK_KEY" });
  await expect(live.line("the value is").last()).toBeVisible();
  for (const message of await live.messages()) expect(message).not.toContain("hunter2");
  for (const path of ["", "/config", "/deployment", "/deployment/logs", "/logs"])
    expect(JSON.stringify(await api.do("GET", `/mcp-servers/${slug}${path}`)), path).not.toContain("hunter2");
  await page.goto(`/acme/servers/${slug}/settings`);
  await expect(cardOf(page, "Environment variables").getByText("DESK_KEY")).toBeVisible();
  expect(await page.content()).not.toContain("hunter2");
  await page.goto("/acme/settings/audit-log");
  await expect(page.getByText(/config/i).first()).toBeVisible();
  expect(await page.content()).not.toContain("hunter2");
});

test("a deleted server is gone for callers exactly like one that never was", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("deleted");
  await publishHosted(api, { slug, name: "Doomed", code: hostedCode("1.0.0") });
  await page.goto(`/acme/servers/${slug}/settings`);
  await page.getByRole("button", { name: "Delete server" }).click();
  const confirm = page.getByRole("alertdialog", { name: "Delete Doomed?" });
  await confirm.getByRole("textbox").fill(slug);
  await confirm.getByRole("button", { name: "Delete server" }).click();
  await expect(page).toHaveURL(`${product.url}/acme/servers`);
  const [gone, never] = [
    await rawCall(`${product.url}/mcp/${slug}`, "tools/list"),
    await rawCall(`${product.url}/mcp/${uniqueSlug("never")}`, "tools/list"),
  ];
  expect(gone.status).toBe(404);
  expect(gone).toEqual(never);
});
