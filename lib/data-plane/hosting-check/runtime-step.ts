import { type buildConnector, Client } from "undici";
import { explainNetwork } from "#lib/domain/checks/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerEntry } from "../directory/index.ts";
import type { RuntimeDriver } from "../hosting/index.ts";
import { type Finding, failed, passed, type StepTime, warned } from "./step.ts";

interface RuntimeCheck {
  driver: Pick<RuntimeDriver, "lease" | "status">;
  clock: Clock;
  requestId: string;
}

/** Leases the serving version of a hosted server, as a call would: it starts when it does not run. */
export async function checkRuntime(
  server: ServerEntry,
  { driver, clock, requestId }: RuntimeCheck,
): Promise<Finding> {
  const before = driver.status(server.id);
  const startedMs = clock.monotonicMs();
  let semver: string;
  try {
    const lease = await driver.lease(server, requestId);
    semver = lease.semver;
    lease.end();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { lastExit } = driver.status(server.id);
    const reason = lastExit ? ` Last ended ${lastExit.at}: ${lastExit.reason}` : "";
    return failed(`${error.message}${reason}`, FIXES[error.code] ?? "Run the check again in a moment.");
  }
  const tookMs = Math.round(clock.monotonicMs() - startedMs);
  const found =
    before.state === "running"
      ? `Version ${semver} runs${before.since === null ? "" : ` since ${before.since}`}`
      : `Version ${semver} started in ${tookMs} ms`;
  const { lastExit } = driver.status(server.id);
  if (lastExit && clock.nowMs() - Date.parse(lastExit.at) < limits.checks.recentCrashMs)
    return warned(
      `${found}, after it ended ${lastExit.at}: ${lastExit.reason}`,
      "Read its console lines of that moment under Logs.",
    );
  return passed(`${found}.`);
}

/** What to do when a runtime does not start in the time of a step. */
export const LATE_START = "Make the code do less before it answers its first request.";
const FIXES: Partial<Record<DomainError["code"], string>> = {
  server_inactive: "Publish a version and activate the server.",
  bundle_refused: "Fix the code as the message says and publish it as a new version, or roll back.",
  runtime_failed: "Read the last console lines under Logs, then fix the code or roll back.",
  limit_reached: "Run the check again when fewer calls are under way.",
};

/** Whether the upstream of a connected server accepts connections and answers HTTP, with whatever status. */
export async function checkUpstream(
  url: URL,
  connect: buildConnector.connector,
  { signal, timeoutMs }: StepTime,
): Promise<Finding> {
  const client = new Client(url.origin, { connect, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  try {
    const answer = await client.request({ method: "OPTIONS", path: url.pathname + url.search, signal });
    const { statusCode } = answer;
    // Whatever it says besides: a server that streams here without end is let go of.
    answer.body.on("error", () => undefined).destroy();
    if (statusCode >= 500)
      return warned(
        `The upstream is reached and answers HTTP ${statusCode}.`,
        "Look at the upstream's own logs; tools/list below tells whether MCP works.",
      );
    return passed(`The upstream is reached (HTTP ${statusCode}).`);
  } catch (error) {
    if (isRefused(error)) return failed(`${error.message}.`, "Use a public host as the upstream.");
    const { message, fix } = explainNetwork(error);
    return failed(`The upstream is not reached. ${message}`, fix);
  } finally {
    void client.destroy();
  }
}

const isRefused = (error: unknown): error is Error =>
  error instanceof Error && error.name === "AddressRefusedError";
