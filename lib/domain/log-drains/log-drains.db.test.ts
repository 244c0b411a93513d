import { afterAll, beforeAll, expect, test } from "vitest";
import type { CreateLogDrain } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { loadServedDrains } from "./drain-progress.ts";
import {
  createLogDrain,
  deleteLogDrain,
  getLogDrain,
  listDeadLetters,
  listLogDrains,
  testLogDrain,
  updateLogDrain,
} from "./index.ts";

let own: GatewayFixture;
beforeAll(async () => {
  own = await gatewayFixture();
});
afterAll(() => own.store.close());

const admin = () => own.as("admin");
let made = 0;
const settings = (over: Partial<CreateLogDrain> = {}): CreateLogDrain => {
  made += 1;
  return {
    name: `Drain ${made}`,
    kind: "http_ndjson",
    url: "https://logs.example.com/ingest",
    headers: {},
    logs: ["requests"],
    serverIds: null,
    levelMin: "debug",
    ...over,
  };
};

test("headers are sealed, named in what is shown, and in no audit record", async () => {
  const drain = await createLogDrain(admin(), settings({ headers: { "X-Api-Key": "top s3cret" } }));
  expect(drain).toMatchObject({ headerNames: ["x-api-key"], state: "waiting", isEnabled: true });
  const [row] = await own.store.database.sql`select * from log_drains where id = ${drain.id}`;
  expect(Buffer.from(row?.headers as Uint8Array).toString("latin1")).not.toContain("s3cret");
  const records = await own.store.database.sql`select * from audit_log where entity_id = ${drain.id}`;
  expect(records).toHaveLength(1);
  expect(JSON.stringify(records)).not.toContain("s3cret");
  const replaced = await updateLogDrain(admin(), { drain: drain.id, headers: {} });
  expect(replaced.headerNames).toEqual([]);
});

test.each<[string, Partial<CreateLogDrain>, string]>([
  ["credentials in the URL", { url: "https://ada:pw@logs.example.com/" }, "url"],
  ["a fragment", { url: "https://logs.example.com/#here" }, "url"],
  ["another scheme", { url: "ftp://logs.example.com/" }, "url"],
  ["this installation itself", { url: "http://127.0.0.1:3000/api/v1/anything" }, "url"],
  ["no log", { logs: [] }, "logs"],
  ["a server that is not there", { serverIds: ["srv_nothing"] }, "serverIds"],
  ["a header of HTTP itself", { headers: { "content-length": "1" } }, "headers.content-length"],
  ["a hop-by-hop header", { headers: { connection: "close" } }, "headers.connection"],
  ["a header with a line break", { headers: { "x-a": "one\r\nx-b: two" } }, "headers.x-a"],
  ["an empty header", { headers: { "x-a": "" } }, "headers.x-a"],
])("a drain with %s is refused where it is wrong", async (_what, over, path) => {
  await expect(createLogDrain(admin(), settings(over))).rejects.toMatchObject({
    code: "invalid_input",
    errors: [expect.objectContaining({ path })],
  });
});

test("a stranger's server cannot be drained, and a stranger sees no drain", async () => {
  const foreign = await own.server(own.stranger());
  await expect(createLogDrain(admin(), settings({ serverIds: [foreign.id] }))).rejects.toMatchObject({
    code: "invalid_input",
  });
  const drain = await createLogDrain(admin(), settings());
  const stranger = own.stranger();
  expect(await listLogDrains(stranger, {})).toEqual([]);
  const hidden = { code: "not_found" };
  await expect(getLogDrain(stranger, { drain: drain.id })).rejects.toMatchObject(hidden);
  await expect(updateLogDrain(stranger, { drain: drain.id, name: "x" })).rejects.toMatchObject(hidden);
  await expect(deleteLogDrain(stranger, { drain: drain.id })).rejects.toMatchObject(hidden);
  await expect(testLogDrain(stranger, { drain: drain.id })).rejects.toMatchObject(hidden);
  await expect(listDeadLetters(stranger, { drain: drain.id })).rejects.toMatchObject(hidden);
});

test("a disabled drain keeps its place; a log that is added begins now and one that is taken away is forgotten", async () => {
  const drain = await createLogDrain(admin(), settings({ logs: ["requests", "console"] }));
  const placesOf = async () =>
    (await loadServedDrains(own.store.database.sql)).find(({ id }) => id === drain.id)?.places;
  const before = await placesOf();
  expect([...(before?.keys() ?? [])].sort()).toEqual(["console", "requests"]);
  await updateLogDrain(admin(), { drain: drain.id, isEnabled: false });
  expect((await getLogDrain(admin(), { drain: drain.name })).state).toBe("disabled");
  expect(await placesOf()).toBeUndefined();
  await updateLogDrain(admin(), { drain: drain.id, isEnabled: true, logs: ["console", "upstream"] });
  const after = await placesOf();
  expect(after?.get("console")).toEqual(before?.get("console"));
  expect([...(after?.keys() ?? [])].sort()).toEqual(["console", "upstream"]);
  expect(after?.get("upstream")?.writtenTx).toBeGreaterThanOrEqual(
    before?.get("console")?.writtenTx ?? Number.POSITIVE_INFINITY,
  );
});

test("names are unique in any case and free again after a deletion; there are at most so many", async () => {
  const drain = await createLogDrain(admin(), settings({ name: "Warehouse" }));
  await expect(createLogDrain(admin(), settings({ name: "WAREHOUSE" }))).rejects.toMatchObject({
    code: "conflict",
  });
  await deleteLogDrain(admin(), { drain: drain.id });
  const [row] = await own.store.database
    .sql`select headers, deleted_at from log_drains where id = ${drain.id}`;
  expect(row).toMatchObject({ headers: null });
  await createLogDrain(admin(), settings({ name: "Warehouse" }));
  const there = (await listLogDrains(admin(), {})).length;
  for (let count = there; count < limits.drains.perOrganizationMax; count++)
    await createLogDrain(admin(), settings());
  await expect(createLogDrain(admin(), settings())).rejects.toMatchObject({ code: "limit_reached" });
});
