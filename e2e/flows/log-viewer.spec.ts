import { readFile } from "node:fs/promises";
import type { WebSocketRoute } from "@playwright/test";
import { expect } from "../support/fixtures.ts";
import { LiveLog } from "../support/live-log.ts";
import { openViewers } from "../support/log-stream-sockets.ts";
import { callTool } from "../support/mcp-clients.ts";
import { invitePerson } from "../support/people.ts";
import { callAsPerson, signIn } from "../support/session.ts";
import { watching } from "../support/watched-server.ts";

/** More lines than any screen of these tests has room for. */
const SCREENFUL = 80;

const LEVELS = [
  ["by log", "info", "I"],
  ["by info", "info", "I"],
  ["by warn", "warn", "W"],
  ["by error", "error", "E"],
  ["by debug", "debug", "D"],
] as const;

watching(
  "each console method has its level, with a letter and a colour of its own; the level filter keeps a level and what is worse [log.levels] [log.viewer.badge]",
  async ({ page, product, watched: { slug, live } }) => {
    await live.openPage("acme", slug);
    await callTool(`${product.url}/mcp/${slug}`, "levels");
    const colours: Record<string, string> = {};
    for (const [text, level, letter] of LEVELS) {
      const badge = live.line(text).getByTitle(level, { exact: true });
      await expect(badge).toHaveText(letter);
      colours[level] = await badge.evaluate((element) => getComputedStyle(element).color);
    }
    expect(new Set(Object.values(colours)).size, JSON.stringify(colours)).toBe(4);
    expect(await live.messages()).toEqual(LEVELS.map(([text]) => text));
    const level = page
      .getByRole("group", { name: "Level" })
      .or(page.getByRole("radiogroup", { name: "Level" }));
    for (const [choice, shown] of [
      ["Info+", ["by log", "by info", "by warn", "by error"]],
      ["Warn+", ["by warn", "by error"]],
      ["Error", ["by error"]],
      ["All", LEVELS.map(([text]) => text)],
    ] as const) {
      await level.getByText(choice, { exact: true }).click();
      await expect.poll(() => live.messages()).toEqual(shown);
    }
    await page.getByRole("textbox", { name: "Filter lines" }).fill("BY W");
    await expect.poll(() => live.messages()).toEqual(["by warn"]);
  },
);

watching(
  "it shows the newest line by itself; going up stops it, to the pixel, and counts what comes; End goes on [log.viewer.auto-scroll]",
  async ({ page, watched: { slug, live, write } }) => {
    await live.openPage("acme", slug);
    await write({ count: SCREENFUL });
    await expect(live.line(`line ${SCREENFUL}`)).toBeInViewport({ ratio: 1 });
    await write({ from: SCREENFUL + 1, count: 5 });
    await expect(live.line(`line ${SCREENFUL + 5}`)).toBeInViewport({ ratio: 1 });
    await expect(live.pill).toBeHidden();

    await live.wheel(-320);
    await expect(live.region.getByText("Paused: scrolled up")).toBeVisible();
    await expect.poll(() => live.isSteady()).toBe(true);
    const before = await live.positions();
    expect(Object.keys(before).length).toBeGreaterThan(10);
    await write({ count: 30, text: "while paused" });
    await write({ count: 3, level: "error", text: "bad while paused" });
    await expect(live.pill).toContainText(/33 new\s*· 3 errors/);
    expect(await live.positions(), "not one row moved by a pixel").toEqual(before);

    await live.list.press("End");
    await expect(live.pill).toBeHidden();
    await expect(live.line("bad while paused 3")).toBeInViewport({ ratio: 1 });
    await write({ text: "after" });
    await expect(live.line("after 1")).toBeInViewport({ ratio: 1 });
    expect((await live.messages()).slice(-4)).toEqual([
      ...[1, 2, 3].map((number) => `bad while paused ${number}`),
      "after 1",
    ]);

    await live.wheel(-200);
    await write({ text: "unseen" });
    await expect(live.pill).toContainText("1 new");
    await live.wheel(100_000);
    await expect(live.pill, "reaching the bottom goes on too").toBeHidden();
    await expect(live.line("unseen 1")).toBeInViewport({ ratio: 1 });
    await live.wheel(-200);
    await page
      .getByRole("button", { name: /Follow$/ })
      .last()
      .click();
    await expect(live.region.getByText("Paused: scrolled up")).toBeHidden();
  },
);

watching(
  "finding marks and counts matches among all lines, and hides none",
  async ({ page, watched: { slug, live, write } }) => {
    await live.openPage("acme", slug);
    await write({ count: 12 });
    await write({ count: 3, text: "needle" });
    await expect(live.lines).toHaveCount(15);
    await page.keyboard.press("Control+f");
    await page.getByRole("textbox", { name: "Find", exact: true }).fill("NEEDLE");
    const found = page.getByRole("search").getByRole("status");
    await expect(found).toHaveText(/^(\d of )?3$/);
    await page.keyboard.press("Enter");
    await expect(found).toHaveText(/^\d of 3$/);
    await expect(live.list.locator("mark")).toHaveText(["needle", "needle", "needle"]);
    await expect(live.lines).toHaveCount(15);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("search")).toBeHidden();
    await expect(live.list.locator("mark")).toHaveCount(0);
  },
);

watching(
  "a line shows its whole message when it is opened, and what it holds never becomes part of the page [log.viewer.message]",
  async ({ page, watched: { slug, live, write } }) => {
    const hostile = `<img src=x onerror="window.pwned=1"><b>bold</b> ${"long ".repeat(300)}the end of it`;
    await live.openPage("acme", slug);
    await write({ text: hostile });
    const line = live.line("<b>bold</b>");
    await expect(line).toBeVisible();
    await line.locator("> span").last().click();
    await expect(live.list.getByText("the end of it 1").last()).toBeVisible();
    expect(await live.list.locator("img, b").count()).toBe(0);
    expect(await page.evaluate(() => "pwned" in window)).toBe(false);
  },
);

watching(
  "a line that comes again is one row with its number; it opens, is saved whole, and stays in sight when pinned",
  async ({ page, watched: { slug, live, write } }) => {
    await live.openPage("acme", slug);
    for (let time = 0; time < 4; time++) await write({ text: "tick" });
    await write({ text: "other" });
    await expect(live.line("other 1")).toBeVisible();
    await expect(live.lines).toHaveCount(2);
    await expect(live.line("tick 1")).toContainText("×4");
    await live.list.press("k");
    await live.list.press("k");
    await live.list.press("x");
    await expect(live.line("tick 1")).toHaveCount(4);
    await live.list.press("x");
    await expect(live.line("tick 1")).toHaveCount(1);

    await page.getByRole("button", { name: "Download" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "as NDJSON" }).click(),
    ]);
    const saved = (await readFile(await download.path(), "utf8")).trim().split("\n");
    const messages = saved.map((row) => (JSON.parse(row) as { message?: string }).message).filter(Boolean);
    expect(messages, "folded lines are saved too").toEqual([
      "tick 1",
      "tick 1",
      "tick 1",
      "tick 1",
      "other 1",
    ]);

    await live.list.press("p");
    const pinned = page.getByRole("region", { name: "Pinned lines" });
    await expect(pinned.getByRole("listitem")).toHaveText(/tick 1/);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await expect(live.lines).toHaveCount(0);
    await expect(pinned.getByRole("listitem"), "it outlives the list").toHaveText(/tick 1/);
  },
);

watching(
  "a lost connection is told, and what was written meanwhile follows: each line once, in order, none missing",
  async ({ page, watched: { slug, live, write } }) => {
    const connections: WebSocketRoute[] = [];
    await page.routeWebSocket(/\/log-stream\//, (socket) => {
      connections.push(socket);
      socket.connectToServer();
    });
    await live.openPage("acme", slug);
    await write({ count: 3, text: "before" });
    await expect(live.line("before 3")).toBeVisible();
    await page.route("**/log-stream/status", (route) => route.abort());
    await connections.at(-1)?.close({ code: 4000 });
    await expect(live.region.getByText("Reconnecting", { exact: true })).toBeVisible();
    await write({ count: 4, text: "meanwhile" });
    await page.unroute("**/log-stream/status");
    await live.untilLive();
    await write({ text: "after" });
    await expect(live.line("after 1")).toBeVisible();
    expect(await live.messages()).toEqual([
      ...[1, 2, 3].map((number) => `before ${number}`),
      ...[1, 2, 3, 4].map((number) => `meanwhile ${number}`),
      "after 1",
    ]);
    await expect(live.gaps).toHaveCount(0);
  },
);

watching(
  "when more was written meanwhile than the server holds, a row says exactly how many lines are gone",
  async ({ page, watched: { slug, live, write } }) => {
    const connections: WebSocketRoute[] = [];
    await page.routeWebSocket(/\/log-stream\//, (socket) => {
      connections.push(socket);
      socket.connectToServer();
    });
    await live.openPage("acme", slug);
    await write({ text: "before" });
    await expect(live.line("before 1")).toBeVisible();
    await page.route("**/log-stream/status", (route) => route.abort());
    await connections.at(-1)?.close({ code: 4000 });
    await expect(live.region.getByText("Reconnecting", { exact: true })).toBeVisible();
    // The server holds the last 10,000.
    for (let call = 0; call < 3; call++) await write({ from: call * 4_100 + 1, count: 4_100 });
    await page.unroute("**/log-stream/status");
    await live.untilLive();
    await expect(live.line("line 12300")).toBeVisible({ timeout: 30_000 });
    await live.list.press("Home");
    await expect(live.gaps).toContainText("2,300 lines missed");
    await expect(live.line(/line 2301$/)).toBeVisible();
    await expect(live.line("before 1")).toBeVisible();
  },
);

watching(
  "the eleventh viewer is told who watches, and gets in as soon as somebody leaves [log.ws.viewers-10]",
  async ({ page, product, watched: { slug, live, write } }) => {
    const viewers = await openViewers(product.url, slug, product.acme.token, 10);
    await page.goto(`/acme/servers/${slug}/logs/live`);
    await expect(page.getByText("All places are taken")).toBeVisible();
    await expect(page.getByRole("list", { name: "Who is watching" }).getByRole("listitem")).toHaveCount(10);
    viewers[0]?.close();
    await expect(async () => {
      await page.getByRole("button", { name: /^(Try again|Connect)$/ }).click();
      await expect(live.region.getByText("Live", { exact: true })).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await expect(live.region.getByText("viewers 10/10")).toBeVisible();
    await write({ text: "seen by the tenth" });
    await expect(live.line("seen by the tenth 1")).toBeVisible();
    for (const viewer of viewers) viewer.close();
  },
);

watching(
  "while the server is not active there is no stream, and the viewer says so with the way on [log.viewer.active-only]",
  async ({ page, api, watched: { slug, live, write } }) => {
    await live.openPage("acme", slug);
    await write({ text: "last words" });
    await expect(live.line("last words 1")).toBeVisible();
    await api.do("POST", `/mcp-servers/${slug}/deactivate`);
    await expect(live.region.getByText("The server is not active.")).toBeVisible({ timeout: 30_000 });
    await expect(live.line("last words 1"), "what was received stays").toBeVisible();
    await page.goto(`/acme/servers/${slug}`);
    await page
      .getByRole("button", { name: /^View Logs/ })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("This server is not active");
    await dialog.getByRole("link", { name: "Open Hosting" }).click();
    await expect(page).toHaveURL(new RegExp(`/acme/servers/${slug}/hosting`));
  },
);

watching(
  "when the session ends while somebody watches, the stream ends with it, and the viewer leads to signing in",
  async ({ openBrowser, page, request, product, watched: { slug, write } }) => {
    const person = await invitePerson(page.request, request, {
      url: product.url,
      organization: "acme",
      name: "Wanda",
      role: "viewer",
    });
    const theirs = new LiveLog(await openBrowser());
    await signIn(theirs.page.request, person);
    await theirs.openPage("acme", slug);
    await write({ text: "seen" });
    await expect(theirs.line("seen 1")).toBeVisible();
    await callAsPerson(theirs.page.request, product.url, "POST", "/me/sign-out-everywhere");
    await expect(theirs.region.getByText("Your session has ended.")).toBeVisible({ timeout: 30_000 });
    await write({ text: "unseen" });
    await theirs.region.getByRole("link", { name: "Sign in" }).click();
    await expect(theirs.page).toHaveURL(/\/sign-in\?/);
  },
);

watching(
  "the direct link by id leads to the server's page [log.viewer.direct-path]",
  async ({ page, api, product, watched: { slug } }) => {
    const { id } = await api.do<{ id: string }>("GET", `/mcp-servers/${slug}`);
    await page.goto(`/dev/servers/${id}`);
    await expect(page).toHaveURL(`${product.url}/acme/servers/${slug}`);
    await expect(page.getByRole("heading", { name: "Viewed server" })).toBeVisible();
  },
);
