import type {
  CheckRun,
  Deployment,
  Operation,
  Problem,
  RequestPage,
  Server,
  SmokeResult,
} from "#lib/contract/index.ts";
import { apiClient } from "../support/api-client.ts";
import { expect, test } from "../support/fixtures.ts";
import { callTool } from "../support/mcp-clients.ts";

const SERVER = "/mcp-servers/support-api";

test("the request log is read in pages with a Bearer token, by slug and by id, at one moment in time [ops.logs.rest-page]", async ({
  api,
  product,
}) => {
  const tool = { tool: "list_agents" };
  for (let call = 0; call < 3; call++) {
    const { requestId } = await callTool(`${product.url}/mcp/support-api`, "list_agents");
    await expect
      .poll(async () => (await api.do<RequestPage>("GET", `${SERVER}/logs`, { query: { requestId } })).total)
      .toBe(1);
  }
  const query = { page: "1", pageSize: "50" };
  const first = await api.call<RequestPage>("GET", `${SERVER}/logs`, { query });
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({ page: 1, pageSize: 50, totalIsCapped: false });
  expect(first.body.data.length).toBe(Math.min(50, first.body.total));
  expect(first.headers.get("content-type")).toBe("application/json");
  const times = first.body.data.map(({ timestamp }) => timestamp);
  expect(times, "newest first").toEqual([...times].sort().reverse());

  const small = { ...tool, pageSize: "1" };
  const one = await api.call<RequestPage>("GET", `${SERVER}/logs`, { query: { ...small, page: "1" } });
  const { asOf, nextCursor } = one.body;
  expect(one.headers.get("link")).toContain('rel="next"');
  const two = await api.do<RequestPage>("GET", `${SERVER}/logs`, { query: { ...small, page: "2", asOf } });
  const byCursor = await api.do<RequestPage>("GET", `${SERVER}/logs`, {
    query: { ...small, cursor: nextCursor ?? "none" },
  });
  expect(two.data[0]?.id).toBe(byCursor.data[0]?.id);
  expect(two.data[0]?.id).not.toBe(one.body.data[0]?.id);

  const { id } = await api.do<Server>("GET", SERVER);
  const [organization] = (await (
    await fetch(`${product.url}/api/v1/organizations`, {
      headers: { authorization: `Bearer ${product.acme.token}` },
    })
  ).json()) as { id: string }[];
  const byIds = apiClient(product.url, {
    organization: organization?.id ?? "none",
    token: product.acme.token,
  });
  const again = await byIds.do<RequestPage>("GET", `/mcp-servers/${id}/logs`, { query: { ...small, asOf } });
  expect(again.data).toEqual(one.body.data);
});

test("deployment, operations and the smoke are what the documents say [ops.deployment.rest] [ops.operations.rest] [ops.smoke.rest] [ops.smoke.json]", async ({
  api,
  product,
}) => {
  const deployment = await api.do<Deployment>("GET", `${SERVER}/deployment`);
  expect(deployment).toMatchObject({
    status: "active",
    mcpUrl: `${product.url}/mcp/support-api`,
    activeVersion: { semver: "1.0.0", active: true },
  });
  const operations = await api.do<Operation[]>("GET", `${SERVER}/deployment-operations`);
  const published = operations.at(-1);
  expect(published).toMatchObject({ kind: "publish", state: "succeeded", version: "1.0.0" });
  const one = await api.do<Operation>("GET", `${SERVER}/deployment-operations/${published?.id}`);
  expect({ ...one, log: [] }, "a list leaves the log out").toEqual(published);
  expect(one.log.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^start: Started in /));
  const smoke = await api.do<SmokeResult>("POST", `${SERVER}/mcp-smoke/tools-list`);
  expect(Object.keys(smoke).slice(0, 4)).toEqual(["server", "transport", "status", "toolCount"]);
  expect(smoke).toMatchObject({
    server: "support-api",
    transport: "streamable-http",
    status: "passed",
    toolCount: 14,
    failure: null,
  });
  const runs = await api.do<CheckRun[]>("GET", `${SERVER}/mcp-smoke/tools-list`);
  const times = runs.map(({ checkedAt }) => checkedAt);
  expect(times, "newest first").toEqual([...times].sort().reverse());
  // Another test may have run one since.
  expect(runs.find(({ id }) => id === smoke.id)).toMatchObject({ status: "passed", toolCount: 14 });
});

test("the API describes itself, with every documented address", async ({ product }) => {
  const response = await fetch(`${product.url}/api/v1/openapi.json`);
  expect(response.status).toBe(200);
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; responses: object }>>;
  };
  expect(document.openapi).toMatch(/^3\.1\./);
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api\/v1/, "")}`),
  );
  const server = "/organizations/{org}/mcp-servers/{server}";
  expect(documented).toEqual(
    expect.arrayContaining([
      `GET ${server}`,
      `GET ${server}/logs`,
      `POST ${server}/mcp-smoke/tools-list`,
      `GET ${server}/deployment`,
      `GET ${server}/deployment-operations`,
      "POST /organizations",
      "GET /me",
    ]),
  );
});

test("everything that goes wrong is a problem with a code, a request id and words that help", async ({
  api,
  product,
}) => {
  const base = `${product.url}/api/v1`;
  const authorization = `Bearer ${product.acme.token}`;
  const problemOf = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${base}${path}`, init);
    const body = (await response.json()) as Problem;
    expect(response.headers.get("content-type"), path).toMatch(/^application\/problem\+json/);
    expect(response.headers.get("cache-control"), path).toContain("no-store");
    expect(body.requestId, path).toBe(response.headers.get("x-request-id"));
    expect(body, path).toMatchObject({ status: response.status, message: body.detail });
    expect(body.detail.length, path).toBeGreaterThan(10);
    return body;
  };
  const server = "/organizations/acme/mcp-servers/support-api";
  const signedIn = { headers: { authorization } };
  expect(await problemOf("/me")).toMatchObject({ status: 401, code: "unauthenticated" });
  expect(await problemOf("/me", { headers: { authorization: "Bearer mcpstack_sk_wrong" } })).toMatchObject({
    status: 401,
  });
  expect(await problemOf("/nowhere", signedIn)).toMatchObject({ status: 404, code: "not_found" });
  expect(await problemOf(`${server}/logs?pagesize=50`, signedIn)).toMatchObject({
    status: 400,
    code: "invalid_input",
  });
  expect(await problemOf(`${server}/logs?pageSize=201`, signedIn)).toMatchObject({
    status: 400,
    errors: [{ path: "pageSize" }],
  });
  expect(await problemOf(`${server}/deployment`, { ...signedIn, method: "DELETE" })).toMatchObject({
    status: 405,
    code: "method_not_allowed",
  });
  expect(
    await problemOf("/organizations/acme/mcp-servers", {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: "{",
    }),
  ).toMatchObject({ status: 400 });
  expect(
    await problemOf("/organizations", {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ name: "By a token", slug: "by-a-token" }),
    }),
  ).toMatchObject({ status: 403, code: "forbidden" });
  expect((await api.call("GET", SERVER)).headers.get("ratelimit-policy")).toBeTruthy();
});

test("a call that rides on a session's cookie without our own script's header is refused", async ({
  page,
  product,
}) => {
  const send = (headers: Record<string, string>) =>
    page.request.post("/api/v1/organizations", { headers, data: { name: "Forged", slug: "forged-here" } });
  const forged: Record<string, string>[] = [
    { origin: product.url },
    { origin: "https://evil.example", "x-mcpstack-csrf": "1" },
    { "x-mcpstack-csrf": "1", "sec-fetch-site": "cross-site" },
  ];
  for (const headers of forged) expect((await send(headers)).status(), JSON.stringify(headers)).toBe(403);
});
