import { eq } from "drizzle-orm";
import { edgeNodes } from "#drizzle/schema/index.ts";
import type { LogCanary } from "#lib/contract/index.ts";
import type { System } from "../access/index.ts";

/** Keeps what the log canary of an edge found, where other processes read it. */
export async function saveCanary(
  { database }: Pick<System, "database">,
  node: string,
  canary: LogCanary,
): Promise<void> {
  await database.db.update(edgeNodes).set({ canary }).where(eq(edgeNodes.node, node));
}
