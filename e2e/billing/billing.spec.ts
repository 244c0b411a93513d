import type { CreatedApiToken, CreditSummary, LedgerPage } from "#lib/contract/index.ts";
import { runCli } from "../support/cli.ts";
import { expect, test } from "../support/fixtures.ts";
import { frontedServer } from "../support/gateways.ts";
import { expectGoodPage } from "../support/good-page.ts";
import { connectMcp } from "../support/mcp-clients.ts";
import { callAsPerson } from "../support/session.ts";

test("credits dropped without code changes: why? Three clicks from the overview lead to the calls, and from a call back to its debit [ops.billing.page] [ops.billing.ledger-debits]", async ({
  page,
  api,
}) => {
  const fronted = await frontedServer(api, "billed");
  const client = await connectMcp(fronted.attachment.url, "modern", {
    authorization: `Bearer ${fronted.key.secret}`,
  });
  // Enough of them that they are among the biggest reasons, whatever else runs.
  for (let batch = 0; batch < 6; batch++)
    await Promise.all(Array.from({ length: 25 }, () => client.callTool("write")));
  const call = await client.callTool("write");
  await client.close();
  const credits = "/api/v1/organizations/acme/ai-credits";
  await expect
    .poll(async () => JSON.stringify(await (await page.request.get(`${credits}/explanation`)).json()))
    .toContain(fronted.slug);

  await page.goto("/acme");
  await page.getByRole("link", { name: /Credit balance/ }).click();
  await expect(page.getByRole("main")).toContainText(/Books balanced|first check is still to come/);
  await page.getByRole("link", { name: new RegExp(`called write of ${fronted.slug}`) }).click();
  await page.getByRole("row").filter({ hasText: "write" }).first().getByRole("link").first().click();
  const drawer = page.getByRole("dialog");
  await expect(drawer).toContainText(call.requestId);
  await expect(drawer).toContainText(/billed \$0\.0001\d/);

  await drawer.getByRole("link", { name: "Its debit in the ledger" }).click();
  const debit = page.getByRole("dialog");
  await expect(debit.getByRole("region", { name: "Entries" })).toContainText("consumed");
  await debit
    .getByRole("region", { name: "What it pays for" })
    .getByRole("link", { name: "write" })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(call.requestId));
});

test("9007199254740993 micros survive grant, API, page, CSV and terminal, and the summary is read by REST [ops.billing.summary-rest]", async ({
  strangerPage: page,
  product,
}) => {
  const { organization } = product.globex;
  const credits = `/organizations/${organization}/ai-credits`;
  const read = async <Body>(path: string) =>
    callAsPerson<Body>(page.request, product.url, "GET", `${credits}${path}`);
  const before = BigInt((await read<CreditSummary>("/summary")).balanceMicros);
  await page.goto(`/${organization}/settings/billing`);
  await page.getByRole("button", { name: "Grant credits" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Grant credits" });
  await dialog.getByLabel("Amount in USD").fill("9,007,199,254.740993");
  await dialog.getByLabel("Reason").fill("More than a number holds");
  await dialog.getByRole("button", { name: "Grant $9,007,199,254.740993" }).click();
  await expect(page.getByRole("table", { name: "Ledger", exact: true })).toContainText(
    "+$9,007,199,254.740993",
  );

  const after = BigInt((await read<CreditSummary>("/summary")).balanceMicros);
  expect(after - before).toBe(9007199254740993n);
  const [tx] = (await read<LedgerPage>("/ledger")).data;
  expect(tx?.amountMicros).toBe("9007199254740993");
  const file = await page.request.get(`/api/v1${credits}/ledger/export`);
  expect(await file.text()).toContain('"9007199254740993","9007199254.740993"');
  const { secret } = await callAsPerson<CreatedApiToken>(
    page.request,
    product.url,
    "POST",
    `/organizations/${organization}/api-tokens`,
    { name: "finance", scopes: ["billing:read"] },
  );
  const login = { url: product.url, organization, token: secret };
  const shown = await runCli(login, "billing", "ledger", "--limit", "1");
  expect(shown).toMatchObject({ exitCode: 0 });
  expect(shown.stdout).toContain("9,007,199,254.740993");
  const balance = await runCli(login, "billing", "balance", "--json");
  expect(JSON.parse(balance.stdout)).toMatchObject({ balanceMicros: String(after) });
  expect((await runCli(login, "billing", "grant", "5", "--reason", "No right to")).exitCode).toBe(5);
});

test("Billing is accessible in both themes and on a phone, and asks nobody else", async ({
  page,
  product,
}) => {
  await expectGoodPage(page, () => page.goto("/acme/settings/billing").then(() => undefined), product.url);
});
