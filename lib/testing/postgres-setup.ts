import { rm } from "node:fs/promises";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { migrateDatabase } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { memoryDirectory } from "./memory-directory.ts";
import { TEMPLATE_DATABASE } from "./test-database.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of the test run's server; databases are cloned in it. */
    postgresUrl: string;
  }
}

/** One database server per test run, gone with it, and a migrated template in it from which every suite clones its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await memoryDirectory();
  const server = await startEmbeddedPostgres({
    directory,
    password: "only-for-this-test-run",
    durable: false,
    endsWithParent: true,
    settings: { max_connections: "300", shared_buffers: "128MB", max_wal_size: "256MB" },
  });
  const template = new URL(server.url);
  template.pathname = `/${TEMPLATE_DATABASE}`;
  await createTemplate(server.url, template.href);
  project.provide("postgresUrl", server.url);
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

async function createTemplate(adminUrl: string, templateUrl: string): Promise<void> {
  const { default: postgres } = await import("postgres");
  const sql = postgres(adminUrl, { max: 1 });
  await sql.unsafe(`create database ${TEMPLATE_DATABASE}`);
  await sql.end();
  await migrateDatabase(
    templateUrl,
    path.resolve(import.meta.dirname, "../../drizzle/migrations"),
    Date.now(),
    limits.storage.partitionsAheadDays,
  );
}
