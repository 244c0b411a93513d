import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { frontedServer } from "../support/gateways.ts";
import { expectGoodPage } from "../support/good-page.ts";

test("an incident from the list to its end: started for a server, its verdict and steps read, noted, named otherwise, resolved", async ({
  page,
  api,
  product,
}) => {
  const { slug } = await frontedServer(api, "walked");
  await page.goto("/acme/incidents");
  await page.getByRole("link", { name: "Start walkthrough" }).first().click();
  await page.getByRole("button", { name: "Start walkthrough" }).click();
  const told = page.getByRole("alert").filter({ hasText: "Choose the server" });
  await expect(told, "what is missing is told at its field").toBeVisible();
  await page.getByRole("combobox", { name: /^Server/ }).selectOption(slug);
  await expectAccessible(page, "start");
  await page.getByRole("button", { name: "Start walkthrough" }).click();

  const verdict = page.getByRole("region", { name: "Diagnosis", exact: true });
  await expect(verdict.getByRole("heading").first()).not.toBeEmpty();
  await expect(page).toHaveURL(/\/acme\/incidents\/\d+$/);
  const address = page.url();
  const steps = page.getByRole("list", { name: "Walkthrough", exact: true });
  await steps.getByRole("link", { name: /Hosting/ }).click();
  await page.keyboard.press("j");
  await expect(page, "the step is in the address, and j goes on").toHaveURL(/step=logs/);
  const step = page.getByRole("region", { name: "Step Server logs" });
  await step.getByLabel("Note on Server logs").fill("Nobody has called it yet.");
  await step.getByRole("button", { name: "Add note" }).click();
  await expect(page.getByRole("list", { name: "Events" })).toContainText("Nobody has called it yet.");

  await verdict.getByRole("button", { name: "Name another cause" }).click();
  const naming = page.getByRole("dialog");
  await naming.getByLabel("Cause").fill("the client was off");
  await naming.getByLabel("How you know").fill("Asked its owner.");
  await naming.getByRole("button", { name: "Put it on top" }).click();
  await expect(page.getByText("the client was off").first()).toBeVisible();
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByRole("button", { name: "Take it back" })).toHaveCount(0);

  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  const resolving = page.getByRole("dialog", { name: /^Resolve #/ });
  await resolving.getByLabel("What ended it").fill("It was started.");
  await resolving.getByRole("button", { name: /^Resolve #/ }).click();
  await expect(page.getByRole("main")).toContainText("It was started.");
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();

  await expectGoodPage(page, () => page.goto(address).then(() => undefined), product.url);
});

test("the list is accessible in both themes and on a phone, and asks nobody else", async ({
  page,
  product,
}) => {
  await expectGoodPage(
    page,
    () => page.goto("/acme/incidents?status=all").then(() => undefined),
    product.url,
  );
});

test("nobody sees an incident of another organization", async ({ api, strangerPage }) => {
  const incident = await api.do<{ id: string; number: number }>("POST", "/incidents", {
    body: { symptom: "usage_spike", probe: false },
  });
  await strangerPage.goto(`/globex/incidents/${incident.id}`);
  await expect(strangerPage.getByRole("heading", { level: 1 })).toContainText("There is no such page");
});
