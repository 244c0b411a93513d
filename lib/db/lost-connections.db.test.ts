import { afterEach, beforeEach, expect, it } from "vitest";
import { type Database, openDatabase } from "#lib/db/index.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/index.ts";

let stored: TestDatabase;
let operator: Database;
beforeEach(async () => {
  stored = await testDatabase({ migrated: false });
  operator = openDatabase({ url: stored.url, connectionsMax: 1, applicationName: "operator" });
  await stored.database.sql`create table kept (n int)`;
});
afterEach(async () => {
  await operator.close(1_000);
  await stored.close();
});

/** Ends the connection of a transaction, as a database does that restarts. */
const endBackend = async (backend: number | undefined) => {
  await operator.sql`select pg_terminate_backend(${backend ?? 0})`;
};
/** The driver may tell the next one who comes of a connection that ended while nobody used it. */
const stillWorks = () =>
  eventually(async () =>
    expect(await stored.database.sql`select count(*)::int as rows from kept`).toEqual([{ rows: 0 }]),
  );

it("fails a transaction that loses its connection; the process lives, and the pool goes on", async () => {
  const transaction = stored.database.sql.begin(async (tx) => {
    const [row] = await tx<{ backend: number }[]>`select pg_backend_pid() as backend`;
    await tx`insert into kept values (1)`;
    await endBackend(row?.backend);
    await tx`insert into kept values (2)`;
  });
  await expect(transaction).rejects.toThrow(/terminating connection|CONNECTION_CLOSED|ECONNRESET/);
  await stillWorks();
});

it("fails what a body goes on to ask after the loss", async () => {
  const seen: unknown[] = [];
  const transaction = stored.database.sql.begin("isolation level repeatable read", async (tx) => {
    const [row] = await tx.unsafe<{ backend: number }[]>("select pg_backend_pid() as backend");
    await endBackend(row?.backend);
    for (let time = 0; time < 3; time++) await tx`select 1`.catch((error: unknown) => seen.push(error));
    await tx.unsafe("select 1").catch((error: unknown) => seen.push(error));
    return "unheard";
  });
  await expect(transaction).rejects.toThrow();
  await stillWorks();
});

it("fails a typed transaction in the same way", async () => {
  const transaction = stored.database.db.transaction(async (tx) => {
    const [row] = await tx.execute<{ backend: number }>("select pg_backend_pid() as backend");
    await endBackend(row?.backend);
    await tx.execute("insert into kept values (3)");
  });
  await expect(transaction).rejects.toThrow();
  await stillWorks();
});

it("rolls back what fails otherwise, and commits what does not", async () => {
  const { sql } = stored.database;
  const failed = sql.begin(async (tx) => {
    await tx`insert into kept values (4)`;
    throw new Error("changed my mind");
  });
  await expect(failed).rejects.toThrow("changed my mind");
  await stillWorks();
  const returned = await sql.begin(async (tx) => {
    const condition = tx`n = ${5}`;
    await tx`insert into kept ${tx([{ n: 5 }])}`;
    return tx`delete from kept where ${condition} returning n`;
  });
  expect(returned).toEqual([{ n: 5 }]);
  await stillWorks();
});
