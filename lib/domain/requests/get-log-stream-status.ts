import type { LogStreamStatus } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query, type RuntimeDoor } from "../access/index.ts";
import { planOf } from "../plans/index.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";

type Load = Awaited<ReturnType<RuntimeDoor["logStream"]>>;
type Verdict = Pick<LogStreamStatus, "mayConnect" | "code" | "message">;

/**
 * Whether a viewer may connect to the log stream now, and why not: a browser cannot read a refused handshake. Answers
 * also while the data plane cannot be reached.
 */
export const getLogStreamStatus = query({
  name: "logStream.status",
  scope: "logs:read",
  input: LoggedServerRef,
  async run(ctx, input): Promise<LogStreamStatus> {
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    const load = await loadOf(ctx, server.id);
    const { caps } = await planOf(ctx.database.db, ctx.organization.id, ctx.clock.nowMs());
    const nobody: Load = {
      viewers: 0,
      viewersMax: Math.min(limits.logStream.viewersPerServerMax, caps.viewersMax),
      holders: [],
      epoch: null,
      head: 0,
    };
    return { ...verdictOf(server.status, load), ...(load ?? nobody), retention: server.retentionDays };
  },
});

/** How many watch the log stream of a server now; null when the data plane does not answer. */
export const viewersOf = async (ctx: Ctx, serverId: string): Promise<number | null> =>
  (await loadOf(ctx, serverId))?.viewers ?? null;

/** Null when the data plane does not answer. */
async function loadOf(ctx: Ctx, serverId: string): Promise<Load | null> {
  try {
    return await ctx.doors.runtime.logStream(serverId);
  } catch (error) {
    const isAway = error instanceof DomainError && (error.code === "unavailable" || error.code === "timeout");
    if (!isAway) throw error;
    return null;
  }
}

function verdictOf(status: string, load: Load | null): Verdict {
  if (status !== "active") {
    const message = "The server is not active. Logs stream only while it is.";
    return { mayConnect: false, code: "server_inactive", message };
  }
  if (load === null) {
    const message = "The log stream cannot be reached right now. Try again in a moment.";
    return { mayConnect: false, code: "unavailable", message };
  }
  if (load.viewers >= load.viewersMax) {
    const message = `All ${load.viewersMax} viewers of this server are taken. Try again when one leaves.`;
    return { mayConnect: false, code: "too_many_viewers", message };
  }
  return { mayConnect: true, code: "ok", message: "A viewer may connect." };
}
