import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { bundles } from "#drizzle/schema/index.ts";
import type { Database, Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { BundleModules } from "../access/index.ts";

const pack = promisify(deflate);
const unpack = promisify(inflate);
/** JSON writes a character as up to six. */
const PACKED_JSON_BYTES_MAX = limits.http.bundleBytesMax * 6 + 1024 * 1024;
const Modules = z.record(z.string(), z.string());

/** A bundle as it is stored: content-addressed and compressed. */
export interface PackedBundle {
  sha256: string;
  mainModule: string;
  /** Size of all sources. */
  bytes: number;
  modules: Uint8Array;
}

/** The same modules in any order give the same `sha256`. */
export async function packBundle({ mainModule, modules }: BundleModules): Promise<PackedBundle> {
  const sorted = Object.entries(modules).sort(([a], [b]) => (a < b ? -1 : 1));
  const sha256 = createHash("sha256")
    .update(JSON.stringify([mainModule, sorted]))
    .digest("hex");
  return {
    sha256,
    mainModule,
    bytes: sorted.reduce((total, [, source]) => total + Buffer.byteLength(source), 0),
    modules: await pack(JSON.stringify(Object.fromEntries(sorted))),
  };
}

/** Stores a bundle once per organization; storing it again changes nothing. */
export async function storeBundle(
  db: Db,
  organizationId: string,
  bundle: PackedBundle,
  at: Date,
): Promise<void> {
  await db
    .insert(bundles)
    .values({ organizationId, ...bundle, createdAt: at })
    .onConflictDoNothing();
}

/** The modules of a stored bundle. Throws `not_found`. */
export async function loadBundle(
  database: Pick<Database, "db">,
  organizationId: string,
  sha256: string,
): Promise<BundleModules> {
  const [row] = await database.db
    .select()
    .from(bundles)
    .where(and(eq(bundles.organizationId, organizationId), eq(bundles.sha256, sha256)));
  if (!row) throw notFound("bundle");
  const json = await unpack(row.modules, { maxOutputLength: PACKED_JSON_BYTES_MAX });
  return { mainModule: row.mainModule, modules: Modules.parse(JSON.parse(json.toString("utf8"))) };
}
