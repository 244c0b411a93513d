import type { IncidentDetail } from "#lib/contract/index.ts";
import { publishHosted } from "../support/api-client.ts";
import { expectAccessible } from "../support/axe.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { connectMcp } from "../support/mcp-clients.ts";

/** What somebody would write to run a script in the page of whoever reads the report. */
const HOSTILE = `<img src=x onerror="document.title='owned'"> [click](javascript:alert(1)) ‮txet`;

test("a report is handed on by a link: read without an account, its text only text, and gone when it is revoked", async ({
  page,
  api,
  product,
  openBrowser,
}) => {
  const slug = uniqueSlug("handed-on");
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  const client = await connectMcp(`${product.url}/mcp/${slug}`);
  await client.callTool("answer_with", { bytes: 20 });
  await client.close();
  const { number, title } = await api.do<IncidentDetail>("POST", "/incidents", {
    body: { server: slug, symptom: "slow", title: HOSTILE, probe: false },
  });
  expect(title).toBe(HOSTILE);

  await page.goto(`/acme/incidents/${number}/compare`);
  await expect(page.getByText("Too few calls to compare")).toBeVisible();
  await expect(page.getByText(/^Looked at: .*tool/)).toBeVisible();
  await page.getByRole("radio", { name: "Last week" }).check();
  await expect(page).toHaveURL(/against=week/);
  await expectAccessible(page, "compare");

  await page.goto(`/acme/incidents/${number}/timeline`);
  await expect(page.getByRole("table", { name: "Calls" }).getByText("answer_with")).toBeVisible();
  await expectAccessible(page, "timeline");

  await page.goto(`/acme/incidents/${number}/report`);
  const report = page.getByRole("article", { name: `Report of incident ${number}` });
  await expect(report.getByRole("heading", { name: "What was looked at" })).toBeVisible();
  await page.getByRole("button", { name: "Create link" }).click();
  const url = (await page.getByText(/\/shared\/[\w-]{43}$/).textContent()) ?? "";
  await expectAccessible(page, "report");

  const guest = await openBrowser();
  const answer = await guest.goto(url);
  expect(answer?.status()).toBe(200);
  const shared = guest.getByRole("article", { name: `Report of incident ${number}` });
  await expect(shared.getByRole("heading", { level: 2 })).toContainText('<img src=x onerror="');
  await expect(shared.getByRole("heading", { level: 2 })).toContainText("‹U+202E›");
  await expect(shared.locator("img, script, a")).toHaveCount(0);
  await expect(guest).toHaveTitle(/Incident report/);
  await expect(guest.locator('meta[name="robots"]')).toHaveAttribute("content", /noindex/);
  await expectAccessible(guest, "shared report");

  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Revoke link" }).click();
  await expect(page.getByRole("list", { name: "Share links" })).toContainText("revoked");
  expect((await guest.reload())?.status()).toBe(404);
  await expect(guest.getByRole("heading", { name: "This link is not valid any more." })).toBeVisible();
  await guest.goto("/shared/never-was");
  await expect(guest.getByRole("heading", { name: "This link is not valid any more." })).toBeVisible();
});

test("whoever asks whether a client reached us is told that it did not, and where it must go", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("reached");
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  await (await connectMcp(`${product.url}/mcp/${slug}`)).close();

  await page.goto(`/acme/servers/${slug}`);
  await page.getByRole("link", { name: "Did it reach us?" }).click();
  await expect(page.getByRole("list", { name: "Clients" }).getByRole("listitem").first()).toBeVisible();
  await expectAccessible(page, "reach");
  await page.getByRole("combobox", { name: "Client" }).fill("nobody-has-this-name");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/client=nobody-has-this-name/);
  await expect(page.getByText("Nothing of nobody-has-this-name arrived in this window")).toBeVisible();
  await expect(page.getByText(`${product.url}/mcp/${slug}`).last()).toBeVisible();
});
