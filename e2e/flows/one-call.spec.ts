import type { RequestDetail } from "#lib/contract/index.ts";
import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { callTool } from "../support/mcp-clients.ts";

const SAMPLE = "support-api";

test("a call is one timeline: message, console lines, upstream call, response, and what was said once that is recorded [ops.logs.upstream-calls]", async ({
  page,
  api,
  product,
}) => {
  await api.do("PATCH", `/mcp-servers/${SAMPLE}`, { body: { recordBodies: false } });
  await page.goto(`/acme/servers/${SAMPLE}/settings#record-bodies`);
  const record = page.getByRole("switch", { name: "Record what is said" });
  await record.click();
  const question = page.getByRole("alertdialog", { name: /Record what is said to/ });
  await expect(question).toContainText("may hold personal data");
  await question.getByRole("button", { name: "Record it" }).click();
  await expect(record).toBeChecked();

  let requestId = "";
  const callOnce = async (): Promise<Partial<RequestDetail>> => {
    const called = await callTool(`${product.url}/mcp/${SAMPLE}`, "get_ticket", { ticketId: "T-1004" });
    requestId = called.requestId;
    let detail: Partial<RequestDetail> = {};
    await expect
      .poll(async () => {
        detail = (await api.call<RequestDetail>("GET", `/requests/${requestId}`)).body;
        return (detail.rows?.length ?? 0) > 0 && (detail.lines?.length ?? 0) > 0;
      })
      .toBe(true);
    return detail;
  };
  // The edge learns of the switch a moment later.
  await expect.poll(async () => (await callOnce()).bodies?.length, { timeout: 20_000 }).toBe(1);

  await page.goto(`/acme/servers/${SAMPLE}/logs?request=${requestId}`);
  const drawer = page.getByRole("dialog", { name: "Request" });
  const timeline = drawer.getByRole("region", { name: "Timeline" });
  const steps = timeline.getByRole("listitem");
  await expect(steps.filter({ hasText: "tools/call get_ticket" })).toContainText("Client");
  await expect(timeline.getByRole("list", { name: "Console lines of this call" }).last()).toContainText(
    "get_ticket done in",
  );
  await expect(steps.filter({ hasText: "/tickets/T-1004" }).filter({ hasText: "Upstream" })).toContainText(
    "200",
  );
  await expect(steps.filter({ hasText: "HTTP 200" }).last()).toContainText("ok");
  await expect(timeline.getByRole("region", { name: "Request body" })).toContainText("T-1004");
  await expect(drawer).toContainText(/a tool call that the server answered/i);

  await drawer.getByRole("link", { name: "Around this moment" }).click();
  await expect(page).toHaveURL(/\/logs\/timeline\?/);
  const happened = page.getByRole("list", { name: "What happened" });
  for (const source of ["Gateway", "Runtime", "Upstream"])
    await expect(happened.getByRole("listitem").filter({ hasText: source }).first()).toBeVisible();
});

test("a replay shows both results and where they differ", async ({ page, api, product }) => {
  const slug = uniqueSlug("replayed");
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  await api.do("PATCH", `/mcp-servers/${slug}`, { body: { recordBodies: true } });
  let requestId = "";
  await expect
    .poll(async () => {
      const called = await callTool(`${product.url}/mcp/${slug}`, "answer_with", { bytes: 3 });
      requestId = called.requestId;
      await expect.poll(async () => (await api.call("GET", `/requests/${requestId}`)).status).toBe(200);
      return (await api.do<RequestDetail>("GET", `/requests/${requestId}`)).bodies.length;
    })
    .toBe(1);

  await page.goto(`/acme/servers/${slug}/logs?request=${requestId}`);
  await page.getByRole("dialog", { name: "Request" }).getByRole("button", { name: "Replay" }).click();
  const replay = page.getByRole("dialog", { name: "Replay answer_with" });
  const args = replay.getByRole("textbox", { name: "Arguments" });
  await expect(args).toHaveValue(/"bytes": 3/);
  await replay.getByRole("button", { name: "Replay" }).click();
  await expect(replay.getByRole("status").filter({ hasText: "same result" })).toBeVisible();
  await args.fill('{"bytes": 5}');
  await replay.getByRole("button", { name: "Replay again" }).click();
  const differences = replay.getByRole("table", { name: "Differences" });
  await expect(differences.getByRole("row", { name: /\/content\/0\/text/ })).toContainText("xxxxx");
  await expect(replay.getByRole("region", { name: "Now", exact: true })).toContainText("ok");
  await expect(replay.getByRole("region", { name: "Now", exact: true }).getByRole("link")).toHaveAttribute(
    "href",
    /request=req_/,
  );
});
