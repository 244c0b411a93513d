import { readFileSync } from "node:fs";
import type { APIRequestContext } from "@playwright/test";
import type { Server } from "#lib/contract/index.ts";
import { apiClient } from "../support/api-client.ts";
import { expect, test } from "../support/fixtures.ts";
import { upgradeStatus } from "../support/log-stream-sockets.ts";

/** What a stranger's page says, without what every answer has of its own. */
async function pageSeen(request: APIRequestContext, path: string, named: string) {
  const response = await request.get(path);
  const html = await response.text();
  return {
    status: response.status(),
    title: /<title>([^<]*)<\/title>/.exec(html)?.[1],
    namesIt: html.replaceAll(named, "").includes("Support desk"),
  };
}

test("pages of another organization's server are the same 404 as pages of nothing, title included [log.isolation]", async ({
  strangerPage,
  api,
  product,
}) => {
  const { id } = await api.do<Server>("GET", "/mcp-servers/support-api");
  const { request } = strangerPage;
  const own = product.globex.organization;
  for (const rest of ["", "/hosting", "/logs", "/logs/live", "/tools", "/settings"]) {
    const missing = await pageSeen(
      request,
      `/no-such-organization/servers/no-such-server${rest}`,
      "no-such-server",
    );
    expect(missing.status, rest).toBe(404);
    for (const path of [`/acme/servers/support-api${rest}`, `/acme/servers/${id}${rest}`])
      expect(await pageSeen(request, path, "support-api"), path).toEqual(missing);
    const missingInOwn = await pageSeen(request, `/${own}/servers/no-such-server${rest}`, "no-such-server");
    for (const path of [`/${own}/servers/support-api${rest}`, `/${own}/servers/${id}${rest}`])
      expect(await pageSeen(request, path, "support-api"), path).toEqual(missingInOwn);
  }
  const direct = await pageSeen(request, `/dev/servers/${id}`, id);
  expect(direct).toEqual(await pageSeen(request, `/dev/servers/srv_00000000000000000000000000`, id));
  await strangerPage.goto("/acme/servers/support-api");
  await expect(strangerPage.getByRole("heading", { level: 1 })).toHaveText(
    "There is no such page, or you may not see it",
  );
  await expect(strangerPage.getByText("Support desk")).toHaveCount(0);
});

test("nothing that a stranger is shown names the other organization or its servers", async ({
  strangerPage,
  product,
}) => {
  for (const path of ["", "/servers", "/settings", "/settings/members", "/settings/audit-log"]) {
    await strangerPage.goto(`/${product.globex.organization}${path}`);
    await expect(strangerPage.getByRole("navigation", { name: "Main" })).toBeVisible();
    const html = await strangerPage.content();
    for (const foreign of ["Support desk", "support-api", "Acme Support"])
      expect(html.includes(foreign), `${path} names ${foreign}`).toBe(false);
  }
  await strangerPage.getByRole("button", { name: /^Organization: Globex/ }).click();
  await expect(strangerPage.getByRole("menuitemradio")).toHaveText([/Globex/]);
});

test("the API answers about a stranger's server as about a missing one, by slug and by id", async ({
  api,
  product,
}) => {
  const { id } = await api.do<Server>("GET", "/mcp-servers/support-api");
  const asStranger = (organization: string) =>
    apiClient(product.url, { organization, token: product.globex.token });
  const seen = async (organization: string, server: string, rest: string) => {
    const { status, body } = await asStranger(organization).call<Record<string, unknown>>(
      "GET",
      `/mcp-servers/${server}${rest}`,
    );
    const { requestId: _id, instance: _path, ...problem } = body;
    return { status, problem };
  };
  for (const rest of ["", "/logs", "/deployment", "/tools", "/config", "/log-stream/status"]) {
    const missing = await seen("acme", "no-such-server", rest);
    expect(missing.status).toBe(404);
    expect(await seen("acme", "support-api", rest)).toEqual(missing);
    expect(await seen("acme", id, rest)).toEqual(missing);
    const missingInOwn = await seen(product.globex.organization, "no-such-server", rest);
    expect(missingInOwn.status).toBe(404);
    expect(await seen(product.globex.organization, id, rest)).toEqual(missingInOwn);
  }
});

test("the log stream is refused to strangers, to nobody in particular, and to pages of other sites [log.ws.unauthorized] [log.ws.session-owner] [log.isolation]", async ({
  product,
}) => {
  const cookieOf = (file: string) =>
    (JSON.parse(readFileSync(file, "utf8")) as { cookies: { name: string; value: string }[] }).cookies
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  const status = (slug: string, headers: Record<string, string>) => upgradeStatus(product.url, slug, headers);
  const origin = product.url;
  const [mine, theirs] = [cookieOf(product.acme.sessionFile), cookieOf(product.globex.sessionFile)];
  expect(await status("support-api", { cookie: mine, origin })).toBe(101);
  expect(await status("support-api", { authorization: `Bearer ${product.acme.token}` })).toBe(101);
  for (const slug of ["support-api", "no-such-server"]) {
    expect(await status(slug, { cookie: theirs, origin }), slug).toBe(403);
    expect(await status(slug, { authorization: `Bearer ${product.globex.token}` }), slug).toBe(403);
    expect(await status(slug, {}), slug).toBe(401);
  }
  for (const foreign of ["https://evil.example", "null", `${origin}.evil.example`])
    expect([401, 403], foreign).toContain(await status("support-api", { cookie: mine, origin: foreign }));
});

test("an organization is made in the switch, and somebody invited joins it and sees nothing else", async ({
  page,
  openBrowser,
  product,
}) => {
  const name = `Labs ${Date.now().toString(36)}`;
  const slug = name.toLowerCase().replace(" ", "-");
  await page.goto("/acme");
  await page.getByRole("button", { name: /^Organization: / }).click();
  await page.getByRole("menuitem", { name: "New organization" }).click();
  const dialog = page.getByRole("dialog", { name: "New organization" });
  await dialog.getByLabel("Name").fill("Taken");
  await dialog.getByLabel("Slug").fill(product.globex.organization);
  await dialog.getByRole("button", { name: "Create organization" }).click();
  await expect(dialog.getByRole("alert")).toContainText("is taken");
  await dialog.getByLabel("Slug").fill("");
  await dialog.getByLabel("Name").fill(name);
  await expect(dialog.getByLabel("Slug")).toHaveValue(slug);
  await dialog.getByRole("button", { name: "Create organization" }).click();
  await expect(page).toHaveURL(`${product.url}/${slug}`);
  await expect(page.getByRole("button", { name: new RegExp(`^Organization: ${name}`) })).toBeVisible();

  await page.goto(`/${slug}/settings/members`);
  await page.getByRole("button", { name: /^Invite/ }).click();
  const invite = page.getByRole("dialog", { name: "Invite to the organization" });
  await invite.getByLabel("E-mail").fill(`ivy@${slug}.example`);
  await invite.getByLabel("Name").fill("Ivy Invited");
  await invite.getByLabel("Role").selectOption("viewer");
  await invite.getByRole("button", { name: "Make an invitation" }).click();
  const link = await invite
    .getByText(/\/invite\/\S+/)
    .first()
    .textContent();
  const guestPage = await openBrowser();
  await guestPage.goto(link ?? "");
  await expect(guestPage.getByRole("heading", { name: new RegExp(name) })).toBeVisible();
  await guestPage.getByLabel("New password").fill("a long enough password");
  await guestPage.getByRole("button", { name: `Join ${name}` }).click();
  await expect(guestPage).toHaveURL(`${product.url}/${slug}`);
  await guestPage.getByRole("button", { name: /^Organization: / }).click();
  await expect(guestPage.getByRole("menuitemradio")).toHaveText([new RegExp(name)]);
  await expect(guestPage.getByRole("menuitem", { name: "New organization" })).toHaveCount(0);
  expect((await guestPage.request.get("/acme")).status()).toBe(404);
});
