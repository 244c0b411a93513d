import { request as httpRequest } from "node:http";
import type { Deployment, RequestPage } from "#lib/contract/index.ts";
import { type ApiClient, publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { LiveLog } from "../support/live-log.ts";
import { callTool, connectMcp, rawCall } from "../support/mcp-clients.ts";

// A tenant gets ten seconds of processor time, which takes longer where the processor is shared.
test.describe.configure({ timeout: 180_000 });

const MIB = 1024 * 1024;

/** A tenant of its own for each test, and a neighbour beside it. */
const tenants = test.extend<{ tenant: { slug: string; url: string }; neighbourUrl: string }>({
  tenant: async ({ api, product }, use) => {
    const slug = uniqueSlug("tenant");
    await publishHosted(api, { slug, name: "Tenant", code: hostedCode("1.0.0"), retentionDays: 1 });
    await use({ slug, url: `${product.url}/mcp/${slug}` });
    await api.do("DELETE", `/mcp-servers/${slug}`);
  },
  neighbourUrl: async ({ api, product }, use) => {
    const slug = uniqueSlug("neighbour");
    await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 0 });
    await use(`${product.url}/mcp/${slug}`);
    await api.do("DELETE", `/mcp-servers/${slug}`);
  },
});

/** Calls the neighbour again and again until `deed` is over; answers how often. Every call must succeed. */
async function neighbourAnswersDuring(neighbourUrl: string, deed: Promise<unknown>): Promise<number> {
  const neighbour = await connectMcp(neighbourUrl);
  let isOver = false;
  const ended = deed.then(
    () => undefined,
    () => undefined,
  );
  void ended.then(() => {
    isOver = true;
  });
  let calls = 0;
  do {
    expect((await neighbour.callTool("answer_with", { bytes: 10 })).text).toHaveLength(10);
    calls += 1;
  } while (!isOver);
  await neighbour.close();
  return calls;
}

const outcomesOf = async (api: ApiClient, slug: string, tool: string) =>
  (await api.do<RequestPage>("GET", `/mcp-servers/${slug}/logs`, { query: { tool } })).data.map(
    ({ outcome }) => outcome,
  );

test("an address that no server has, a body that is no JSON, and a batch are answered in JSON-RPC", async ({
  product,
}) => {
  const unknown = await rawCall(`${product.url}/mcp/${uniqueSlug("unknown")}`, "tools/list");
  expect(unknown).toMatchObject({
    status: 404,
    body: { jsonrpc: "2.0", error: { message: expect.any(String) } },
  });
  const send = (body: string) =>
    fetch(`${product.url}/mcp/support-api`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body,
    });
  const broken = await send('{"jsonrpc":"2.0",');
  expect(broken.status).toBe(400);
  expect(await broken.json()).toMatchObject({ jsonrpc: "2.0", error: { code: -32700 } });
  for (const body of ["[]", "7", '"text"', "null"]) {
    const answer = await send(body);
    expect(answer.status, body).toBe(400);
    expect(await answer.json(), body).toMatchObject({ jsonrpc: "2.0", error: { code: -32600 } });
  }
});

tenants(
  "a request of 20 MiB and an answer of 40 MiB are cut off at the plan's limits, and said to be too large [ops.usage.plan-limits]",
  async ({ tenant, api }) => {
    const { status, body } = await sendBytes(tenant.url, 20 * MIB);
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({
      jsonrpc: "2.0",
      error: { message: expect.stringMatching(/MiB|bytes/) },
    });
    await expect(callTool(tenant.url, "answer_with", { bytes: 40 * MIB })).rejects.toThrow();
    await expect.poll(() => outcomesOf(api, tenant.slug, "answer_with")).toEqual(["too_large"]);
    expect((await callTool(tenant.url, "levels")).text).toBe("done");
  },
);

tenants(
  "a tool that loops is stopped after its processor time, says so, and its neighbour answers all along [log.cpu-limit]",
  async ({ tenant, neighbourUrl, api, page }) => {
    const looping = callTool(tenant.url, "loop");
    const calls = await neighbourAnswersDuring(neighbourUrl, looping);
    expect(calls).toBeGreaterThan(1);
    await expect(looping).rejects.toThrow(/CPU|processor/i);
    await expect.poll(() => outcomesOf(api, tenant.slug, "loop")).toEqual(["runtime_error"]);
    await expect
      .poll(async () => {
        const { runtime } = await api.do<Deployment>("GET", `/mcp-servers/${tenant.slug}/deployment`);
        return runtime[0]?.lastExit?.reason;
      })
      .toMatch(/computed for 10 s without a pause/);
    await expect(async () => expect((await callTool(tenant.url, "levels")).text).toBe("done")).toPass();
    await page.goto(`/acme/servers/${tenant.slug}/hosting`);
    await expect(page.getByText(/Last exit .*computed for 10 s without a pause/)).toBeVisible();
  },
);

tenants(
  "a tool that allocates without end ends alone, says why, and its neighbour answers all along",
  async ({ tenant, neighbourUrl, api }) => {
    const hoarding = callTool(tenant.url, "allocate");
    await neighbourAnswersDuring(neighbourUrl, hoarding);
    await expect(hoarding).rejects.toThrow(/memory|heap/i);
    await expect.poll(() => outcomesOf(api, tenant.slug, "allocate")).toEqual(["runtime_error"]);
    await expect(async () => expect((await callTool(tenant.url, "levels")).text).toBe("done")).toPass();
  },
);

tenants("a tool that throws is told to its caller, and harms nothing", async ({ tenant }) => {
  await expect(callTool(tenant.url, "crash")).rejects.toThrow();
  expect((await callTool(tenant.url, "levels")).text).toBe("done");
});

tenants(
  "100,000 lines in one call end the call well, the viewer says what it left out and stays usable, the neighbour answers",
  async ({ tenant, neighbourUrl, page }) => {
    const live = new LiveLog(page);
    await live.openPage("acme", tenant.slug);
    const flooding = callTool(tenant.url, "flood", { count: 100_000 });
    await neighbourAnswersDuring(neighbourUrl, flooding);
    expect((await flooding).text).toBe("done");
    await expect(live.line("flood").first()).toBeVisible();
    // It may have come between lines, far from the newest.
    const filter = page.getByRole("textbox", { name: "Filter lines" });
    await filter.fill("lines were not kept");
    await expect(live.line(/\d console lines were not kept/).first()).toBeVisible();
    await filter.fill("");
    await callTool(tenant.url, "write", { text: "after the flood" });
    await expect(live.line("after the flood 1")).toBeInViewport({ timeout: 30_000 });
  },
);

/** Sends a body of this size as one that does not look at the answer before it is done sending. */
function sendBytes(url: string, bytes: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    });
    let answered = false;
    request.on("response", (response) => {
      answered = true;
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    // The server stops reading: what it said before counts.
    request.on("error", (error) => {
      if (!answered) reject(error);
    });
    request.end(Buffer.alloc(bytes, " "));
  });
}
