import { expect, it } from "vitest";
import type { EmbeddedPostgres, EmbeddedPostgresStatus } from "#lib/db/embedded/index.ts";
import { watchDatabase } from "./watch-database.ts";

/** What a scripted server does at each look; the watching ends after the last one. */
interface Look {
  status?: EmbeddedPostgresStatus;
  refusal?: string | null;
}

interface Fake extends EmbeddedPostgres {
  become(look: Look): void;
}

const fakeServer = (pid: number, port: number, told: string[]): Fake => {
  let current: Look = {};
  return {
    url: `postgres://127.0.0.1:${port}`,
    port,
    pid,
    adopted: false,
    owner: "self",
    become: (look) => {
      current = look;
    },
    status: () => current.status ?? "ready",
    refusal: async () => current.refusal ?? null,
    keepLogSmall: () => undefined,
    async stop() {
      told.push(`stop ${pid}`);
    },
  };
};

/** Runs a watch over the script; answers everything that happened, in order. */
async function watched(
  looks: readonly Look[],
  given: { stoppingMs?: number; silentMs?: number; starts?: readonly (number | Error)[] } = {},
) {
  const told: string[] = [];
  let server = fakeServer(1, 5432, told);
  const starts = [...(given.starts ?? [])];
  const script = [...looks];
  const note = (level: string) => (fields: object, message: string) =>
    void told.push(`${level}: ${message}${"says" in fields ? ` (${fields.says})` : ""}`);
  const last = await watchDatabase(server, {
    async start(port) {
      const next = starts.shift() ?? port;
      if (next instanceof Error) throw next;
      server = fakeServer(server.pid + 1, next, told);
      told.push(`start ${server.pid}`);
      return server;
    },
    log: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") },
    onState: (state) => void told.push(state),
    onMoved: (url) => void told.push(`moved ${url}`),
    bounds: {
      databasePollMs: 0,
      databaseProbeMs: 0,
      databaseSilentMs: given.silentMs ?? 0,
      stoppingMs: given.stoppingMs ?? 0,
      restartDelayMsMin: 1,
      restartDelayMsMax: 2,
    },
    pause: async (ms) => {
      if (ms > 0) return true;
      const next = script.shift();
      if (next) server.become(next);
      return next !== undefined;
    },
  });
  return { told, last };
}

const AGAIN = "warn: the embedded database runs again";

it("starts a database that ended again, however often the start fails", async () => {
  const { told, last } = await watched([{}, { status: "gone" }, {}], {
    starts: [new Error("first"), new Error("second"), 5432],
  });
  expect(told.filter((line) => line.includes("does not start"))).toHaveLength(2);
  expect(told.slice(-3)).toEqual(["start 2", "ready", AGAIN]);
  expect(last.pid).toBe(2);
});

it("ends a shutdown that somebody else asked for, once its time is over, and starts anew", async () => {
  const { told } = await watched([{ status: "stopping" }, {}]);
  expect(told).toEqual([
    "down",
    expect.stringMatching(/^error: something told the embedded database to shut down/),
    "down",
    "stop 1",
    "start 2",
    "ready",
    AGAIN,
  ]);
});

it("leaves a shutdown that ends by itself alone until its process is gone", async () => {
  const looks: Look[] = [{ status: "stopping" }, { status: "stopping" }, { status: "gone" }, {}];
  const { told } = await watched(looks, { stoppingMs: 60_000 });
  expect(told).toEqual([
    "down",
    "error: the embedded database ended; starting it again",
    "down",
    "stop 1",
    "start 2",
    "ready",
    AGAIN,
  ]);
});

it("tells once that nobody is let in and once that it is over, and does not end what recovers", async () => {
  const recovering = { refusal: "the database system is starting up" };
  const { told } = await watched([{}, recovering, recovering, recovering, {}, {}]);
  expect(told).toEqual([
    "error: the embedded database runs and lets no new connection in; waiting for it (the database system is starting up)",
    "down",
    "warn: the embedded database lets new connections in again",
    "ready",
  ]);
});

it("says nothing of a moment in which nobody is let in", async () => {
  const { told } = await watched([{}, { refusal: "starting up" }, {}], { silentMs: 60_000 });
  expect(told).toEqual([]);
});

it("says where the database runs when its port was taken meanwhile", async () => {
  const { told } = await watched([{ status: "gone" }, {}], { starts: [6000] });
  expect(told.at(-1)).toBe("moved postgres://127.0.0.1:6000");
});
