import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import type { TestDatabase } from "../test-database.ts";
import type { Defect } from "./defects.ts";
import type { Proof } from "./prove-process.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const PROCESS = "lib/testing/ledger-mutations/prove-process.ts";
const PROOF_MS_MAX = 120_000;
const run = promisify(execFile);

/** A copy of what the guards need of the repository, in which one defect after the other is planted. */
export interface Copy {
  /** What the guard of a defect found; null: nothing. Without a defect all guards are run. */
  prove(defect: Defect | null): Promise<Proof["found"]>;
  remove(): Promise<void>;
}

/** `openDatabase` gives a database of its own to each proof. */
export async function copyRepository(openDatabase: () => Promise<TestDatabase>): Promise<Copy> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "mcpstack-defects-"));
  const isNeeded = (source: string) => !/\.test\.tsx?$/.test(source);
  await Promise.all([
    cp(path.join(ROOT, "lib"), path.join(directory, "lib"), { recursive: true, filter: isNeeded }),
    cp(path.join(ROOT, "drizzle/schema"), path.join(directory, "drizzle/schema"), { recursive: true }),
    cp(path.join(ROOT, "package.json"), path.join(directory, "package.json")),
    symlink(path.join(ROOT, "node_modules"), path.join(directory, "node_modules")),
  ]);

  async function prove(database: TestDatabase, defect: Defect | null): Promise<Proof["found"]> {
    const { stdout } = await run(
      process.execPath,
      [PROCESS, JSON.stringify({ url: database.url, defect: defect?.name ?? null })],
      {
        cwd: directory,
        timeout: PROOF_MS_MAX,
        env: { ...process.env, NODE_COMPILE_CACHE: path.join(directory, "compiled") },
      },
    );
    return (JSON.parse(stdout) as Proof).found;
  }

  return {
    async prove(defect) {
      const database = await openDatabase();
      const undo = defect?.source ? await replace(directory, defect.source) : null;
      try {
        if (defect?.sql) await change(database.url, defect.sql);
        return await prove(database, defect);
      } finally {
        await undo?.();
        await database.close();
      }
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Throws unless the text is there exactly once: a defect that cannot be planted proves nothing. */
async function replace(
  directory: string,
  { file, text, becomes }: NonNullable<Defect["source"]>,
): Promise<() => Promise<void>> {
  const name = path.join(directory, file);
  const original = await readFile(name, "utf8");
  const [before, after, ...more] = original.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`“${text}” is not exactly once in ${file}: say where the defect is planted now`);
  }
  await writeFile(name, before + becomes + after);
  return () => writeFile(name, original);
}

async function change(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
