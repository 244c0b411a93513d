import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { CONTROL_SECRET_HEADER } from "#lib/contract/edge-control.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { type ControlServerOptions, startControlServer } from "./control-server.ts";

const SECRET = "the-internal-secret";
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A control server whose runtimes are told to be `status`. Nothing else of an edge is asked for here. */
async function serving(status: unknown) {
  const directory = await mkdtemp(path.join(tmpdir(), "control-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  const socketPath = path.join(directory, "edge.sock");
  const log = recordingLog();
  const parts = { node: "n", region: "r", runtimeStatus: () => status };
  const server = await startControlServer({
    ...(parts as unknown as ControlServerOptions),
    socketPath,
    listen: null,
    internalSecret: SECRET,
    log,
  });
  cleanups.push(() => server.close());
  const get = () =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const headers = { [CONTROL_SECRET_HEADER]: SECRET };
      request({ socketPath, path: "/servers/srv_1/runtime", headers }, async (res) => {
        let body = "";
        for await (const chunk of res.setEncoding("utf8")) body += chunk;
        resolve({ status: res.statusCode, body });
      })
        .on("error", reject)
        .end();
    });
  return { get, log };
}

it("answers with an error, and lives on, when an answer cannot be written as JSON", async () => {
  const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
  const { get, log } = await serving(deep);
  expect(await get()).toMatchObject({ status: 500, body: expect.stringContaining('"internal"') });
  expect(await get()).toMatchObject({ status: 500 });
  expect(log.entries.filter(({ level }) => level === "error")).toHaveLength(2);
});
