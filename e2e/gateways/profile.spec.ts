import { expect, test } from "../support/fixtures.ts";
import { frontedServer } from "../support/gateways.ts";
import { invitePerson } from "../support/people.ts";
import { signIn } from "../support/session.ts";

test("the doctor goes through the door with a key that it does not keep, and says what it found", async ({
  page,
  api,
}) => {
  const { slug, gateway, key } = await frontedServer(api, "ailing");
  await page.goto(`/acme/gateways/${gateway.id}/doctor`);
  await expect(page.getByText(`mcpstack gateways doctor ${gateway.id}`)).toBeVisible();
  await page.getByLabel("Credential").fill(key.secret);
  await page.getByRole("button", { name: "Run doctor" }).click();
  const checks = page.locator("section", { has: page.getByRole("heading", { name: slug }) });
  await expect(checks).toBeVisible({ timeout: 30_000 });
  const list = checks.getByRole("listitem").filter({ hasText: "tools/list" }).first();
  await expect(list, "it came in: the older protocol works").toContainText("Works in the legacy era");
  await expect(list).toContainText("warn");
  await expect(list).toContainText("How to fix it");
  await expect(page.getByRole("status").filter({ hasText: /\d+ pass/ })).toBeVisible();
  await page.getByRole("navigation", { name: "Gateway" }).getByRole("link", { name: "Overview" }).click();
  await expect(page.getByLabel("Credential")).toBeHidden();
  expect(await page.content()).not.toContain(key.secret);
});

test("a gateway with servers is not deleted; detached, the direct URL opens as its policy says, and the name confirms", async ({
  page,
  api,
  product,
}) => {
  const { slug, gateway, attachment } = await frontedServer(api, "leaving");
  await page.goto(`/acme/gateways/${gateway.id}/settings`);
  await expect(page.getByRole("button", { name: "Delete gateway" })).toHaveCount(0);
  await page.getByRole("link", { name: "Go to servers" }).click();
  await page.getByRole("button", { name: "Detach" }).click();
  const question = page.getByRole("alertdialog", { name: `Detach ${slug}?` });
  await expect(question).toContainText(attachment.url);
  await expect(question).toContainText(`${product.url}/mcp/${slug}`);
  await expect(question).toContainText("public: everybody who knows it may call every tool");
  await question.getByRole("button", { name: "Detach server" }).click();
  await expect(page.getByText("No server yet")).toBeVisible();
  await page.goto(`/acme/gateways/${gateway.id}/settings`);
  await page.getByRole("button", { name: "Delete gateway" }).click();
  const last = page.getByRole("alertdialog", { name: `Delete ${gateway.name}?` });
  await expect(last.getByRole("button", { name: "Delete gateway" })).toBeDisabled();
  await last.getByRole("textbox").fill(gateway.name);
  await last.getByRole("button", { name: "Delete gateway" }).click();
  await expect(page).toHaveURL(/\/acme\/gateways$/);
  expect((await api.call("GET", `/gateways/${gateway.id}`)).status).toBe(404);
});

test("a viewer sees all of a gateway and changes none of it; to another organization it does not exist", async ({
  openBrowser,
  page,
  request,
  strangerPage,
  api,
  strangerApi,
  product,
}) => {
  const { gateway } = await frontedServer(api, "watched");
  const base = `/acme/gateways/${gateway.id}`;
  const viewer = await invitePerson(page.request, request, {
    url: product.url,
    organization: "acme",
    name: "Vera",
    role: "viewer",
  });
  const theirs = await openBrowser();
  await signIn(theirs.request, viewer);
  await theirs.goto("/acme/gateways/new");
  await expect(theirs.getByRole("main")).toContainText("needs the role admin or owner");
  for (const [path, shown] of [
    ["/acme/gateways", gateway.name],
    [`${base}/servers`, gateway.name],
    [`${base}/grants`, "Everyone"],
    [`${base}/keys`, "robot"],
    [`${base}/settings`, "Ways in"],
  ] as const) {
    await theirs.goto(path);
    await expect(theirs.getByRole("main")).toContainText(shown);
    await expect(theirs.getByRole("main")).toContainText("Read only: changing gateways needs the role");
    for (const name of [
      "New gateway",
      "Attach server",
      "Detach",
      "New grant",
      "Edit",
      "New key",
      "Revoke",
      "Save",
    ])
      await expect(theirs.getByRole("button", { name, exact: true })).toHaveCount(0);
  }
  await expect(theirs.getByLabel("Name")).toHaveAttribute("readonly", "");

  for (const path of [base, `/${product.globex.organization}/gateways/${gateway.id}/logs`]) {
    const answer = await strangerPage.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(strangerPage.getByText(gateway.name)).toHaveCount(0);
  }
  const missing = await strangerApi.call<{ detail: string }>("GET", `/gateways/${gateway.id}`);
  expect(missing.status).toBe(404);
  await strangerPage.goto(`/${product.globex.organization}/gateways`);
  await expect(strangerPage.getByRole("main")).toContainText("No gateways yet");
});
