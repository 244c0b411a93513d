import { startLogSink } from "../../lib/testing/log-sink.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { callTool } from "../support/mcp-clients.ts";
import { SINK_HOST } from "../support/upstream.ts";

test("a drain made in the browser is tested at once, and its sink gets the calls that follow [log.external]", async ({
  page,
  product,
}) => {
  const sink = await startLogSink(undefined, product.sinkPort);
  try {
    const name = uniqueSlug("drain");
    await page.goto("/acme/settings/log-drains?edit=new");
    const dialog = page.getByRole("dialog", { name: "New log drain" });
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByLabel("URL").fill(`http://${SINK_HOST}/ingest`);
    await dialog.getByRole("button", { name: "Add header" }).click();
    await dialog.getByLabel("Name of header 1").fill("authorization");
    await dialog.getByLabel("Value of header 1").fill("Bearer sink-secret");
    await dialog.getByRole("button", { name: "Create drain" }).click();
    await expect(page.getByText(`${name} is saved and took a test line`)).toBeVisible();
    expect(sink.received[0]?.headers.authorization).toBe("Bearer sink-secret");
    expect(await page.content()).not.toContain("sink-secret");

    await callTool(`${product.url}/mcp/support-api`, "ticket_stats");
    const tools = () => sink.records().flatMap((record) => (record.log === "requests" ? [record.tool] : []));
    await expect.poll(tools, { timeout: 20_000 }).toContain("ticket_stats");
    const row = page
      .getByRole("list", { name: "Log drains" })
      .getByRole("listitem")
      .filter({ hasText: name });
    await expect(row).toContainText(/[1-9]\d* records? delivered/, { timeout: 15_000 });

    await row.getByRole("button", { name: "Delete" }).click();
    const confirm = page.getByRole("alertdialog", { name: `Delete ${name}?` });
    await confirm.getByRole("textbox").fill(name);
    await confirm.getByRole("button", { name: "Delete drain" }).click();
    await expect(page.getByText(`The drain ${name} is deleted`)).toBeVisible();
  } finally {
    await sink.close();
  }
});
