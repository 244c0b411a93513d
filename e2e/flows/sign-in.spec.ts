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
  browser,
  product,
}) => {
  const context = await browser.newContext({
    baseURL: product.url,
    ...SIGNED_OUT,
    extraHTTPHeaders: { "x-forwarded-for": "203.0.113.7" },
  });
  const email = "guessed@nowhere.example";
  // Ten, or up to twenty when the window of fifteen minutes ends meanwhile.
  const answers: string[] = [];
  while (!answers.at(-1)?.includes("rate_limited") && answers.length <= 20)
    answers.push(await postSignIn(context.request, { email, password: `guess ${answers.length}` }));
  expect(answers.length).toBeGreaterThan(10);
  const page = await context.newPage();
  await page.goto("/sign-in");
  await fillSignIn(page, product.acme);
  await expect(page.locator("form").getByRole("alert")).toHaveText(
    /^Too many attempts\. Try again in (\d+\smin)?\s?(\d+\ss)?\.$/,
  );
  await context.close();
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
    await page.context().clearCookies();
  }
});

test("signing out everywhere ends another browser's session, which says so and comes back to its page", async ({
  browser,
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
    const context = await browser.newContext({ baseURL: product.url, ...SIGNED_OUT });
    await signIn(context.request, person);
    return { context, page: await context.newPage() };
  };
  const [here, there] = [await open(), await open()];
  await there.page.goto(`/${organization}/servers`);
  await expect(there.page.getByRole("heading", { name: "Servers" })).toBeVisible();
  await here.page.goto(`/${organization}/settings/profile`);
  await here.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await here.page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(here.page).toHaveURL(/\/sign-in\?/);
  await there.page.getByRole("link", { name: "Settings" }).click();
  await expect(there.page).toHaveURL(/\/sign-in\?/);
  await fillSignIn(there.page, person);
  await expect(there.page).toHaveURL(new RegExp(`/${organization}/settings`));
  await Promise.all([here.context.close(), there.context.close()]);
});
