import type { Config } from "#lib/config/index.ts";
import { openDatabase } from "#lib/db/index.ts";
import { createSetupToken, isSetupNeeded } from "#lib/domain/organizations/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import type { Log } from "#lib/telemetry/index.ts";
import { closedDoors } from "./closed-doors.ts";

/** Where the first owner is made, with a fresh one-time token; null when there is an account. Older links stop working. */
export async function setupUrlIfNeeded(
  config: Config,
  databaseUrl: string,
  log: Log,
): Promise<string | null> {
  const database = openDatabase({ url: databaseUrl, connectionsMax: 1, applicationName: "mcpstack main" });
  try {
    const system = { database, clock: systemClock, ids: createIdSource(), log, doors: closedDoors };
    if (!(await isSetupNeeded(system))) return null;
    return `${config.publicUrl}/setup?token=${await createSetupToken(system)}`;
  } finally {
    await database.close();
  }
}
