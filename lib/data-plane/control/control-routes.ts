import type { IncomingMessage } from "node:http";
import {
  DrainRequest,
  HostingCheckRequest,
  TrialRequest,
  TrialToolCall,
  TrialToolsList,
} from "#lib/contract/edge-control.ts";
import type { LogStreamStatus, RuntimeStatus } from "#lib/contract/index.ts";
import { parseInput } from "#lib/domain/access/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { RefreshingDirectory } from "../directory/index.ts";
import type { RuntimeDriver } from "../hosting/index.ts";
import type { RunHostingCheck } from "../hosting-check/index.ts";
import { readJson } from "./json-request.ts";
import { createTrials, type TrialsOptions } from "./trials.ts";

/** What the control server speaks for. */
export interface ControlParts extends TrialsOptions {
  node: string;
  region: string;
  directory: Pick<RefreshingDirectory, "byId" | "refresh">;
  driver: Pick<RuntimeDriver, "trial" | "settled" | "drain" | "restart" | "crashes" | "startWaits">;
  hostingCheck: RunHostingCheck;
  runtimeStatus(serverId: string): RuntimeStatus;
  logStreamLoad(
    serverId: string,
  ): Pick<LogStreamStatus, "viewers" | "viewersMax" | "holders" | "epoch" | "head">;
}

type Handler = (id: string, body: () => Promise<unknown>) => Promise<unknown>;

const TRIAL_PATH = /^\/trials\/([\w-]{1,64})(?:\/([\w-]+))?$/;
const SERVER_PATH = /^\/servers\/([\w-]{1,64})\/([\w-]+)$/;

/** Answers one control request, or throws. */
export function createControlRoutes(parts: ControlParts): (req: IncomingMessage) => Promise<unknown> {
  const trials = createTrials(parts);
  const { directory, driver, node, region } = parts;

  /** By method and last part of the path. */
  const ofTrial: Readonly<Record<string, Handler>> = {
    "POST tools-list": async (id, body) => trials.listTools(id, parseInput(TrialToolsList, await body())),
    "POST tool-call": async (id, body) => trials.callTool(id, parseInput(TrialToolCall, await body())),
    "DELETE ": (id) => trials.stop(id),
  };
  const ofServer: Readonly<Record<string, Handler>> = {
    "GET runtime": async (id) => [parts.runtimeStatus(id)],
    "GET log-stream": async (id) => parts.logStreamLoad(id),
    "POST hosting-check": async (id, body) =>
      parts.hostingCheck(id, parseInput(HostingCheckRequest, await body())),
    "GET crashes": async (id) =>
      driver
        .crashes(id)
        .map(({ atMs, reason }) => ({ at: new Date(atMs).toISOString(), node, region, reason }))
        .reverse(),
    "GET start-waits": async (id) =>
      driver
        .startWaits(id)
        .map(({ atMs, waitedMs }) => ({ at: new Date(atMs).toISOString(), node, region, waitedMs }))
        .reverse(),
    "POST refresh": async (id) => {
      await directory.refresh();
      await driver.settled(id);
      return {};
    },
    "POST drain": async (id, body) => {
      const { versionId, timeoutMs } = parseInput(DrainRequest, await body());
      return driver.drain(id, versionId, timeoutMs);
    },
    "POST restart": async (id) => {
      await driver.restart(id);
      return {};
    },
  };

  return async (req) => {
    const { method = "", url = "" } = req;
    const body = () => readJson(req, limits.control.requestBytesMax);
    if (method === "POST" && url === "/trials") return trials.start(parseInput(TrialRequest, await body()));
    const [, trialId, ofThisTrial = ""] = TRIAL_PATH.exec(url) ?? [];
    const [, serverId, ofThisServer = ""] = SERVER_PATH.exec(url) ?? [];
    const handler =
      trialId !== undefined ? ofTrial[`${method} ${ofThisTrial}`] : ofServer[`${method} ${ofThisServer}`];
    const id = trialId ?? serverId;
    if (id === undefined || !handler) throw notFound("control request");
    return handler(id, body);
  };
}
