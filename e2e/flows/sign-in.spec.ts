import type { Page } from "@playwright/test";
import { expect, SIGNED_OUT, test } from "../support/fixtures.ts";
import { invitePerson } from "../support/people.ts";
import { type Credentials, postSignIn, signIn } from "../support/session.ts";

test.use(SIGNED_OUT);

async function fillSignIn(page: Page, { email, password }: Credentials): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a wrong password is told without saying whether the account exists, and the e-mail stays typed", async ({
  page,
  product,
}) => {
  await page.goto("/sign-in");
  const refusals: (string | null)[] = [];
  for (const email of [product.acme.email, "nobody@nowhere.example"]) {
    await fillSignIn(page, { email, password: "not the password" });
    const notice = page.locator("form").getByRole("alert");
    await expect(notice).toBeVisible();
    refusals.push(await notice.textContent());
    await expect(page.getByLabel("E-mail")).toHaveValue(email);
    await expect(page.getByLabel("Password")).toHaveValue("");
  }
  expect(refusals[0]).toBe("E-mail and password do not match an account.");
  expect(refusals[1]).toBe(refusals[0]);
});

test("after ten wrong passwords the eleventh attempt is refused with the time to wait, the right password too", async ({
  openBrowser,
  product,
}) => {
  const page = await openBrowser({ extraHTTPHeaders: { "x-forwarded-for": "203.0.113.7" } });
  const email = "guessed@nowhere.example";
  // Ten, or up to twenty when the window of fifteen minutes ends meanwhile.
  const answers: string[] = [];
  while (!answers.at(-1)?.includes("rate_limited") && answers.length <= 20)
    answers.push(await postSignIn(page.request, { email, password: `guess ${answers.length}` }));
  expect(answers.length).toBeGreaterThan(10);
  await page.goto("/sign-in");
  await fillSignIn(page, product.acme);
  await expect(page.locator("form").getByRole("alert")).toHaveText(
    /^Too many attempts\. Try again in (\d+\smin)?\s?(\d+\ss)?\.$/,
  );
});

test("a page asked for before signing in is what comes after it; signing out ends the session", async ({
  page,
  product,
}) => {
  await page.goto("/acme/servers/support-api/hosting?operation=none");
  await expect(page).toHaveURL(/\/sign-in\?/);
  await fillSignIn(page, product.acme);
  await expect(page).toHaveURL(`${product.url}/acme/servers/support-api/hosting?operation=none`);
  await expect(page.getByRole("heading", { name: "Support desk" })).toBeVisible();
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();
  expect(await page.context().cookies()).not.toContainEqual(
    expect.objectContaining({ name: expect.stringContaining("session") }),
  );
  await page.goto("/acme");
  await expect(page).toHaveURL(/\/sign-in\?/);
});

test("an address of another site never comes after signing in", async ({ page, product }) => {
  for (const target of ["https://evil.example/", "//evil.example/", "/\\evil.example"]) {
    await page.goto(`/sign-in?callbackUrl=${encodeURIComponent(target)}`);
    await fillSignIn(page, product.acme);
    await expect(page).toHaveURL(`${product.url}/acme`);
    // A page that is still there would notice and go to the sign-in by itself.
    await page.goto("about:blank");
    await page.context().clearCookies();
  }
});

test("signing out everywhere ends another browser's session, which says so and comes back to its page", async ({
  openBrowser,
  product,
  request,
  strangerPage,
}) => {
  const { organization } = product.globex;
  // Somebody of their own, because the other tests share the owners' sessions.
  const person = await invitePerson(strangerPage.request, request, {
    url: product.url,
    organization,
    name: "Vera",
    role: "viewer",
  });
  const open = async () => {
    const page = await openBrowser();
    await signIn(page.request, person);
    return page;
  };
  const [here, there] = [await open(), await open()];
  await there.goto(`/${organization}/servers`);
  await expect(there.getByRole("heading", { name: "Servers" })).toBeVisible();
  await here.goto(`/${organization}/settings/profile`);
  await here.getByRole("button", { name: "Sign out everywhere" }).click();
  await here.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(here).toHaveURL(/\/sign-in\?/);
  await there.getByRole("link", { name: "Settings" }).click();
  await expect(there).toHaveURL(/\/sign-in\?/);
  await fillSignIn(there, person);
  await expect(there).toHaveURL(new RegExp(`/${organization}/settings`));
});
