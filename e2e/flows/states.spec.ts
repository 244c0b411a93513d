import { expect, test } from "../support/fixtures.ts";
import { invitePerson } from "../support/people.ts";
import { signIn } from "../support/session.ts";

/** A failure as the API tells it. */
const PROBLEM = {
  status: 503,
  contentType: "application/problem+json",
  body: JSON.stringify({
    type: "urn:mcpstack:problem:unavailable",
    title: "Unavailable",
    status: 503,
    detail: "The data plane is away.",
    message: "The data plane is away.",
    code: "unavailable",
    requestId: "req_00000000000000000000000000",
    retryable: true,
    errors: [],
  }),
};

test("what cannot be loaded says why, with the request id, and is tried again on the spot", async ({
  page,
}) => {
  await page.route("**/api/v1/organizations/*/requests/*", (route) => route.fulfill(PROBLEM));
  await page.goto("/acme/servers/support-api/logs");
  await page.getByRole("row").nth(1).getByRole("link").click();
  // The call itself may have failed too, and says so in an alert of its own.
  const failure = page
    .getByRole("dialog", { name: "Request" })
    .getByRole("alert")
    .filter({ hasText: "The request could not be loaded" });
  await expect(failure).toBeVisible({ timeout: 60_000 });
  await expect(failure).toContainText("The data plane is away.");
  await expect(failure).toContainText("req_00000000000000000000000000");
  await page.unroute("**/api/v1/organizations/*/requests/*");
  await failure.getByRole("button", { name: "Try again" }).click();
  await expect(failure).toBeHidden();
  await expect(page.getByRole("dialog", { name: "Request" })).toContainText("Bytes in");
});

test("what cannot be refreshed stays, and is said to be old", async ({ page }) => {
  await page.goto("/acme/servers/support-api/logs");
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await page.route("**/mcp-servers/support-api/logs?*", (route) => route.fulfill(PROBLEM));
  const notice = page.getByRole("status").filter({ hasText: "Not up to date" });
  await page.getByRole("button", { name: /^(Refresh|Show \d)/ }).click();
  await expect(notice).toContainText("The data plane is away.", { timeout: 60_000 });
  await expect(page.getByRole("row").nth(1), "the rows are still there").toBeVisible();
  await page.unroute("**/mcp-servers/support-api/logs?*");
  await notice.getByRole("button", { name: "Refresh" }).click();
  await expect(notice).toBeHidden();
});

test("an organization without servers says what to do first", async ({ strangerPage, product }) => {
  await strangerPage.goto(`/${product.globex.organization}/servers`);
  const empty = strangerPage.getByRole("main");
  await expect(empty.getByText(/No servers? yet/)).toBeVisible();
  await empty
    .getByRole("link", { name: /New server|first server/ })
    .first()
    .click();
  await expect(strangerPage).toHaveURL(new RegExp(`/${product.globex.organization}/servers/new`));
});

test("who may only look is told so where something else would be needed, and sees no button that would be refused", async ({
  openBrowser,
  page,
  request,
  product,
}) => {
  const viewer = await invitePerson(page.request, request, {
    url: product.url,
    organization: "acme",
    name: "Victor",
    role: "viewer",
  });
  const theirs = await openBrowser();
  await signIn(theirs.request, viewer);
  await theirs.goto("/acme/settings/api-tokens");
  await expect(theirs.getByRole("main")).toContainText(/role|Ask an owner/);
  await theirs.goto("/acme/servers/new");
  await expect(theirs.getByRole("main")).toContainText("needs the role developer or higher");
  await theirs.goto("/acme/servers/support-api/hosting");
  await expect(theirs.getByRole("heading", { name: "Deployment" })).toBeVisible();
  for (const name of ["Deactivate", "Upload", "Publish"])
    await expect(theirs.getByRole("button", { name, exact: true })).toHaveCount(0);
  await expect(theirs.getByRole("button", { name: "Run smoke" }).first()).toHaveAttribute(
    "aria-disabled",
    "true",
  );
});
