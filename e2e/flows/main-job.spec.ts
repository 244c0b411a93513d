import type { LogStreamStatus, RequestPage } from "#lib/contract/index.ts";
import { expect, SIGNED_OUT, test } from "../support/fixtures.ts";
import { LiveLog, streamSocket } from "../support/live-log.ts";
import { callTool } from "../support/mcp-clients.ts";

/** The sample server as it was published at the start: nothing in it or around it is set up for a test. */
const SERVER = "support-api";
/** The local time of a zone that no machine of a developer or of CI is in. */
test.use({ ...SIGNED_OUT, timezoneId: "Asia/Kathmandu" });

const clockText = (atMs: number): string =>
  new Date(atMs).toLocaleTimeString("en-GB", { timeZone: "Asia/Kathmandu", hour12: false });

test("sign in, open the server, View Logs, call a tool from a terminal: its lines appear in the modal, the call in the request log [log.viewer.view-logs-button] [log.flow.console-to-dashboard] [log.flow.zero-configuration] [log.viewer.time] [log.viewer.badge] [log.viewer.message] [log.ws.path] [log.ws.disconnect]", async ({
  page,
  product,
  api,
}) => {
  await page.goto("/");
  await page.getByLabel("E-mail").fill(product.acme.email);
  await page.getByLabel("Password").fill(product.acme.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Servers" }).click();
  await page.getByRole("link", { name: "Support desk" }).click();
  const information = page.locator("section", {
    has: page.getByRole("heading", { name: "Server Information" }),
  });
  const socket = await streamSocket(page, () =>
    information.getByRole("button", { name: "View Logs" }).click(),
  );
  expect(new URL(socket.url()).pathname).toBe(`/log-stream/${SERVER}`);
  await expect(page.getByRole("dialog", { name: /Logs of Support desk/ })).toBeVisible();
  const live = new LiveLog(page);
  await live.untilLive();

  const startedMs = Date.now();
  const { requestId, isError } = await callTool(`${product.url}/mcp/${SERVER}`, "get_ticket", {
    ticketId: "T-1004",
  });
  expect(isError).toBe(false);
  const ofCall = live.lines.filter({ has: page.getByTitle(`Request ${requestId}`) });
  const done = ofCall.filter({ hasText: /get_ticket done in \d+ ms/ });
  await expect(done).toBeVisible();
  const asked = ofCall.filter({ hasText: 'get_ticket {"ticketId":"T-1004"}' });
  // The sample's upstream is like a real one: now and then it answers 429 first, and is asked again.
  const upstream = ofCall.filter({ hasText: "support api: GET /tickets/T-1004 → 200" });
  const rowNumbers = await Promise.all(
    [asked, upstream, done].map(async (line) => Number(await line.getAttribute("data-n"))),
  );
  expect(rowNumbers, "in the order in which they were written").toEqual(
    [...rowNumbers].sort((x, y) => x - y),
  );
  const looks = [];
  for (const [line, level, letter] of [
    [asked, "info", "I"],
    [upstream, "debug", "D"],
    [done, "info", "I"],
  ] as const) {
    const badge = line.getByTitle(level, { exact: true });
    await expect(badge).toHaveText(letter);
    looks.push(await badge.evaluate((element) => getComputedStyle(element).color));
    const time = (await line.locator("[data-part=time]").textContent()) ?? "";
    expect(time).toMatch(/^\d{2}:\d{2}:\d{2}\.\d{3}$/);
    expect(time.slice(0, 8) >= clockText(startedMs) && time.slice(0, 8) <= clockText(Date.now())).toBe(true);
  }
  expect(looks[0]).toBe(looks[2]);
  expect(looks[1], "levels differ in colour").not.toBe(looks[0]);

  const refused = await callTool(`${product.url}/mcp/${SERVER}`, "get_ticket", { ticketId: "T-9999" });
  expect(refused.isError).toBe(true);
  const warning = live.lines
    .filter({ has: page.getByTitle(`Request ${refused.requestId}`) })
    .filter({ hasText: "get_ticket refused" });
  await expect(warning.getByTitle("warn", { exact: true })).toHaveText("W");

  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect.poll(() => socket.isClosed(), "closing the modal closes its connection").toBe(true);
  await expect
    .poll(
      async () => (await api.do<LogStreamStatus>("GET", `/mcp-servers/${SERVER}/log-stream/status`)).viewers,
      { message: "nobody watches any more, other tests neither", timeout: 60_000 },
    )
    .toBe(0);

  await page.getByRole("navigation", { name: "Server" }).getByRole("link", { name: "Logs" }).click();
  await expect(async () => {
    await page.getByRole("button", { name: /^(Refresh|Show \d)/ }).click();
    await expect(page.locator(`a[href*="${requestId}"]`)).toBeVisible({ timeout: 2_000 });
  }).toPass();
  const row = page.getByRole("row").filter({ has: page.locator(`a[href*="${requestId}"]`) });
  await expect(row).toContainText("get_ticket");
  await expect(row).toContainText("ok");
  await expect(row).toContainText("e2e-client");
  await expect(row).toContainText("external");
  await expect(row.getByRole("cell").nth(5)).toHaveText(/^[\d.,]+\s(µs|ms|s)$/);
  await expect(row.getByRole("cell").nth(6)).toHaveText(/^[\d.,]+\s(B|KB|KiB)$/);
  await expect(row.getByRole("cell").nth(7)).toHaveText(/^[\d.,]+\s(B|KB|KiB)$/);
  const failedRow = page.getByRole("row").filter({ has: page.locator(`a[href*="${refused.requestId}"]`) });
  await expect(failedRow).toContainText("tool error");

  await row.getByRole("link").click();
  const drawer = page.getByRole("dialog", { name: "Request" });
  await expect(drawer).toContainText("get_ticket done in");
  await expect(drawer.getByRole("term").filter({ hasText: "Bytes in" })).toBeVisible();
  const stored = await api.do<RequestPage>("GET", `/mcp-servers/${SERVER}/logs`, { query: { requestId } });
  expect(stored.data).toMatchObject([
    { tool: "get_ticket", outcome: "ok", source: "external", httpStatus: 200 },
  ]);
  expect(stored.data[0]?.durationMs).toBeGreaterThan(0);
  expect(stored.data[0]?.requestBytes).toBeGreaterThan(50);
  expect(stored.data[0]?.responseBytes).toBeGreaterThan(50);
});

test("a small stream of real calls goes to the sample, labelled as its client's", async ({ api }) => {
  const clients = async () => {
    const query = { pageSize: "200" };
    const { data } = await api.do<RequestPage>("GET", `/mcp-servers/${SERVER}/logs`, { query });
    return data.filter(({ client }) => client.name === "sample-client");
  };
  await expect
    .poll(async () => (await clients()).some(({ tool }) => tool !== null), { timeout: 30_000 })
    .toBe(true);
  for (const { source } of await clients()) expect(source).toBe("external");
});

test.describe("by Try a tool", () => {
  test.use({ storageState: ({ product }, use) => use(product.acme.sessionFile) });

  test("the result, its console lines and its row in the request log come from the same real call", async ({
    page,
    api,
  }) => {
    await page.goto(`/acme/servers/${SERVER}/tools?tool=get_ticket`);
    await page.getByRole("textbox", { name: "ticketId" }).fill("T-1004");
    await page.getByRole("button", { name: "Call tool" }).click();
    const link = page.getByRole("link", { name: /^req_/ });
    await expect(link).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole("status").filter({ has: link })).toContainText("ok");
    await expect(page.getByText('"id": "T-1004"').first()).toBeVisible();
    const lines = page.getByRole("region", { name: "Console lines of this call" });
    await expect(lines).toContainText('get_ticket {"ticketId":"T-1004"}');
    await expect(lines).toContainText(/get_ticket done in \d+ ms/);
    const requestId = (await link.textContent()) ?? "";
    await expect
      .poll(async () => {
        const query = { requestId };
        return (await api.do<RequestPage>("GET", `/mcp-servers/${SERVER}/logs`, { query })).data;
      })
      .toMatchObject([{ tool: "get_ticket", outcome: "ok", source: "dashboard" }]);
    await link.click();
    await expect(page.getByRole("dialog", { name: "Request" })).toContainText("dashboard");
  });

  test("arguments that the tool does not accept are told at the field, and nothing is called", async ({
    page,
  }) => {
    await page.goto(`/acme/servers/${SERVER}/tools?tool=refund_ticket`);
    await page.getByRole("textbox", { name: "ticketId" }).fill("T-1004");
    await page.getByRole("textbox", { name: "amountCents" }).fill("a lot");
    await page.getByRole("button", { name: "Call tool" }).click();
    await expect(page.getByRole("textbox", { name: "amountCents" })).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByRole("link", { name: /^req_/ })).toHaveCount(0);
  });
});
