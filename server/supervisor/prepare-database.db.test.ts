import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "#lib/testing/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { StartError } from "./start-error.ts";

const role = `guest_${randomUUID().slice(0, 8)}`;
let stored: TestDatabase;
let asGuest: string;

beforeAll(async () => {
  stored = await testDatabase();
  await stored.database.sql.unsafe(`create role ${role} login password 'guest'`);
  const url = new URL(stored.url);
  url.username = role;
  url.password = "guest";
  asGuest = url.href;
});
afterAll(async () => {
  await stored.database.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  await stored.close();
});

const refusal = async (url: string): Promise<string> => {
  const error = await prepareDatabase(url, recordingLog()).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartError);
  return (error as StartError).message;
};

it("takes a database that is prepared already", async () => {
  await prepareDatabase(stored.url, recordingLog());
});

it("says who must own the database when our user may not make tables", async () => {
  expect(await refusal(asGuest)).toMatch(
    new RegExp(`lets the user ${role} make no tables.*OWNER TO ${role};`),
  );
});

it("says that a database is read-only before anything is written", async () => {
  expect(await refusal(`${stored.url}?default_transaction_read_only=on`)).toMatch(/is read-only/);
});

it("says what the database said when a migration fails", async () => {
  await stored.database.sql`update drizzle.__drizzle_migrations set created_at = created_at + 10000000000000`;
  expect(await refusal(stored.url)).toMatch(/migrated by a newer version of MCP Stack\. Start that version/);
});

it("does not wait for a database that refuses our password", async () => {
  const url = new URL(asGuest);
  url.password = "wrong";
  expect(await refusal(url.href)).toMatch(/password authentication failed.*DATABASE_URL/);
});
