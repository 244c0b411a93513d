import type { Operation } from "#lib/contract/index.ts";
import { type ApiClient, publishHosted, uploadAndPublish } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { serverVersion } from "../support/mcp-clients.ts";
import { cardOf } from "../support/page-parts.ts";

/** Long enough to look at a publish while it is under way. */
const SLOW_MS = 4_000;

const upload = (api: ApiClient, slug: string, version: string, code: string) =>
  api.do("POST", `/mcp-servers/${slug}/versions`, {
    query: { version },
    raw: { bytes: code, contentType: "text/javascript" },
  });

test("a publish is watched step by step, a stored version has a URL of its own, and one click leads back [log.version-endpoint]", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("stepwise");
  const url = `${product.url}/mcp/${slug}`;
  await publishHosted(api, { slug, name: "Stepwise", code: hostedCode("1.0.0") });
  await upload(api, slug, "1.0.1", hostedCode("1.0.1", { listDelayMs: SLOW_MS }));
  await page.goto(`/acme/servers/${slug}/hosting`);
  const deployment = cardOf(page, "Deployment");
  const operations = cardOf(page, "Operations");
  const versions = cardOf(page, "Versions");
  await versions.getByRole("button", { name: "Publish 1.0.1" }).click();
  const confirm = page.getByRole("alertdialog", { name: "Publish 1.0.1 of Stepwise?" });
  await expect(confirm).toContainText("1.0.0 keeps serving");
  await confirm.getByRole("button", { name: "Publish 1.0.1" }).click();
  await expect(confirm).toBeHidden();
  await expect(deployment.getByRole("button", { name: "Restart" })).toBeDisabled();
  await expect(operations.getByRole("button", { name: /publish 1\.0\.1/ })).toContainText(/queued|running/);
  await expect(deployment.getByRole("status").filter({ hasText: "publish 1.0.1" })).toContainText(
    "Gate: tools/list",
  );
  expect(await serverVersion(url), "callers stay on the old version until the gate is passed").toBe("1.0.0");
  await expect(page.getByText("Stepwise 1.0.1 is serving")).toBeVisible({ timeout: 30_000 });
  expect(await serverVersion(url)).toBe("1.0.1");
  await expect(operations.getByRole("button", { name: /publish 1\.0\.1/ })).toContainText("succeeded", {
    timeout: 40_000,
  });
  await expect(versions.getByRole("row", { name: /1\.0\.1/ })).toContainText("serving");
  await expect(versions.getByRole("button", { name: "Copy the URL pinned to 1.0.0" })).toBeVisible();
  expect(await serverVersion(`${url}/v/1.0.0`)).toBe("1.0.0");

  await deployment.getByRole("button", { name: "Roll back to 1.0.0" }).click();
  await page
    .getByRole("alertdialog", { name: "Roll back Stepwise to 1.0.0?" })
    .getByRole("button", { name: "Roll back to 1.0.0" })
    .click();
  await expect(page.getByText("Stepwise is back on 1.0.0")).toBeVisible({ timeout: 30_000 });
  expect(await serverVersion(url)).toBe("1.0.0");
  await expect(deployment.getByText(/1\.0\.0\s*since .* by Olivia Owner/)).toBeVisible();
});

test("a version that lacks an expected tool is refused, and the timeline says which and that nothing changed", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("gated");
  await publishHosted(api, { slug, name: "Gated", code: hostedCode("1.0.0") });
  await page.goto(`/acme/servers/${slug}/settings`);
  const policy = cardOf(page, "Release policy");
  await policy.getByRole("checkbox", { name: "read_environment" }).click();
  await policy.getByRole("button", { name: "Save policy" }).click();
  await expect(page.getByText("Gated: release policy saved")).toBeVisible();
  await upload(api, slug, "1.0.1", hostedCode("1.0.1", { without: ["read_environment"] }));
  await page.goto(`/acme/servers/${slug}/hosting`);
  await cardOf(page, "Versions").getByRole("button", { name: "Publish 1.0.1" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Publish 1.0.1" }).click();
  await expect(page.getByText("The publish of Gated failed")).toBeVisible({ timeout: 30_000 });
  const operations = cardOf(page, "Operations");
  await expect(operations.getByRole("button", { name: /publish 1\.0\.1/ })).toContainText("failed");
  const step = operations.getByRole("listitem").filter({ hasText: "Gate: expected tools" }).last();
  await expect(step.getByLabel("failed")).toBeVisible();
  await expect(operations).toContainText("read_environment");
  await expect(operations).toContainText("Nothing changed for callers: 1.0.0 is serving.");
  expect(await serverVersion(`${product.url}/mcp/${slug}`)).toBe("1.0.0");
});

test("a publish that is under way is canceled from its steps, and a second one is refused by the name of the first", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("canceled");
  await publishHosted(api, { slug, name: "Canceled", code: hostedCode("1.0.0") });
  await upload(api, slug, "1.0.1", hostedCode("1.0.1", { listDelayMs: 4 * SLOW_MS }));
  await page.goto(`/acme/servers/${slug}/hosting`);
  await cardOf(page, "Versions").getByRole("button", { name: "Publish 1.0.1" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Publish 1.0.1" }).click();
  const operations = cardOf(page, "Operations");
  await expect(operations.getByRole("button", { name: "Cancel", exact: true })).toBeVisible();
  const [running] = await api.do<Operation[]>("GET", `/mcp-servers/${slug}/deployment-operations`);
  const second = await api.call<{ detail: string }>("POST", `/mcp-servers/${slug}/restart`);
  expect(second.status).toBe(409);
  expect(second.body.detail).toContain(running?.id);
  await operations.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(operations.getByRole("button", { name: /publish 1\.0\.1/ })).toContainText("canceled", {
    timeout: 30_000,
  });
  await expect(page.getByText("The publish of Canceled was canceled")).toBeVisible();
  expect(await serverVersion(`${product.url}/mcp/${slug}`)).toBe("1.0.0");
});

test("the Tools page says what changed between two versions and what of it breaks callers", async ({
  page,
  api,
}) => {
  const slug = uniqueSlug("drifted");
  await publishHosted(api, { slug, code: hostedCode("1.0.0", { without: ["crash"] }) });
  await uploadAndPublish(api, slug, "1.0.1", hostedCode("1.0.1", { without: ["levels"] }));
  await page.goto(`/acme/servers/${slug}/tools`);
  const drift = page.getByRole("group", { name: "Changes of the tools" });
  await expect(drift).toContainText("1 added, 1 removed");
  await expect(drift).toContainText("1 breaking");
  await expect(drift).toContainText("1.0.0 → 1.0.1");
  const changes = drift.getByRole("list", { name: "Changed tools" }).getByRole("listitem");
  await expect(changes.filter({ hasText: "levels" })).toContainText(/removed.*breaking/);
  await expect(changes.filter({ hasText: "crash" })).toContainText("added");
});
