import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import type {
  TrialRequest,
  TrialStarted,
  TrialStopped,
  TrialToolCall,
  TrialToolCallAnswer,
  TrialToolsList,
  TrialToolsListAnswer,
} from "#lib/contract/edge-control.ts";
import type { Era, SmokeReport, ToolCallResult } from "#lib/contract/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory } from "../directory/index.ts";
import type { RuntimeDriver, RuntimeLease } from "../hosting/index.ts";
import type { LogHub } from "../observation/index.ts";
import { createLeaseFetch } from "./lease-fetch.ts";

/** How a real MCP session reaches a trial. */
export interface TrialTarget {
  serverSlug: string;
  url: string;
  fetch: ReturnType<typeof createLeaseFetch>;
}

export interface TrialsOptions {
  directory: Pick<ServerDirectory, "byId">;
  driver: Pick<RuntimeDriver, "trial">;
  /** Real sessions; what the server does wrong is in the report. */
  listTools(target: TrialTarget, era: Era): Promise<SmokeReport>;
  callTool(target: TrialTarget, call: z.output<typeof TrialToolCall>): Promise<ToolCallResult>;
  /** Where the bundle's console lines go, secrets already taken out. */
  lines: Pick<LogHub, "position" | "errorsOf">;
}

/** The versions that are tried on this edge, for callers in other processes. */
export interface Trials {
  /** What the bundle does wrong is an answer; only failures of ours are thrown. */
  start(input: z.output<typeof TrialRequest>): Promise<z.input<typeof TrialStarted>>;
  listTools(
    id: string,
    input: z.output<typeof TrialToolsList>,
  ): Promise<z.input<typeof TrialToolsListAnswer>>;
  callTool(id: string, input: z.output<typeof TrialToolCall>): Promise<z.input<typeof TrialToolCallAnswer>>;
  stop(id: string): Promise<z.input<typeof TrialStopped>>;
}

interface Running {
  target: TrialTarget;
  lease: RuntimeLease;
  stop(): Promise<string[]>;
}

/**
 * Trials by an id that only their starter knows. How many there are, and how long one may live when nobody stops it,
 * is the driver's limit.
 */
export function createTrials({ directory, driver, listTools, callTool, lines }: TrialsOptions): Trials {
  const running = new Map<string, Running>();

  const find = (id: string): Running => {
    const trial = running.get(id);
    if (!trial) throw notFound("trial");
    return trial;
  };
  /** What the session saw, and why the runtime ended if it did. */
  const answer = <Report>({ lease }: Running, report: Report) => ({
    report,
    exit: lease.exit()?.message ?? null,
  });

  return {
    async start(input) {
      const { organizationId, serverId, versionId, semver, bundle, environment } = input;
      const slug = directory.byId(serverId)?.slug ?? serverId;
      const after = lines.position(serverId)?.head ?? 0;
      let started: Awaited<ReturnType<RuntimeDriver["trial"]>>;
      try {
        started = await driver.trial({
          server: { id: serverId, organizationId, slug },
          version: { id: versionId, semver },
          bundle,
          environment,
        });
      } catch (error) {
        if (!isFaultOfBundle(error)) throw error;
        return { ok: false, message: error.message };
      }
      const { lease, startMs, stop: stopProcess } = started;
      const trialId = randomUUID();
      let stopped: Promise<string[]> | null = null;
      const end = async (): Promise<string[]> => {
        clearTimeout(overdue);
        running.delete(trialId);
        lease.end();
        const { errorLinesMax: linesMax, errorLineCharactersMax, lastWordsMs } = limits.control;
        await delay(lastWordsMs);
        await stopProcess();
        return lines
          .errorsOf(serverId, { versionId, after, linesMax })
          .map((line) => line.slice(0, errorLineCharactersMax));
      };
      const stop = (): Promise<string[]> => {
        stopped ??= end();
        return stopped;
      };
      const overdue = setTimeout(() => void stop(), limits.runtime.trialMsMax);
      overdue.unref();
      running.set(trialId, {
        target: {
          serverSlug: slug,
          url: `${lease.origin}${lease.path}`,
          fetch: createLeaseFetch(lease.dispatcher),
        },
        lease,
        stop,
      });
      return { ok: true, trialId, startMs };
    },

    async listTools(id, { era }) {
      const trial = find(id);
      return answer(trial, await listTools(trial.target, era));
    },

    async callTool(id, call) {
      const trial = find(id);
      return answer(trial, await callTool(trial.target, call));
    },

    // Stopping twice, or what has ended by time, is no mistake.
    stop: async (id) => ({ errorLines: (await running.get(id)?.stop()) ?? [] }),
  };
}

const isFaultOfBundle = (error: unknown): error is DomainError =>
  error instanceof DomainError && (error.code === "bundle_refused" || error.code === "runtime_failed");
