import { afterEach, describe, expect, it } from "vitest";
import { createServerDirectory, type RefreshingDirectory, type ServerEntry, UNPRICED_PLAN } from "./index.ts";

const entry = (id: string, over: Partial<ServerEntry> = {}): ServerEntry => ({
  id,
  organizationId: "org_a",
  organizationSlug: "test",
  slug: `slug-${id}`,
  name: id,
  kind: "hosted",
  status: "active",
  directAccess: "public",
  retentionDays: 7,
  recordBodies: false,
  upstreamUrl: null,
  upstreamHeaders: {},
  gateway: null,
  version: { id: "ver_1", semver: "1.0.0", sha256: "aa" },
  revision: "1",
  environment: {},
  caps: { toolCallDurationMsMax: 1_000, requestBytesMax: 1_000, responseBytesMax: 1_000, viewersMax: 10 },
  plan: UNPRICED_PLAN,
  ...over,
});
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A load that the test answers by hand. */
function controlledLoad() {
  const waiting: { resolve(rows: ServerEntry[]): void; reject(error: Error): void }[] = [];
  let arrived: (() => void) | null = null;
  return {
    calls: 0,
    load(): Promise<ServerEntry[]> {
      this.calls++;
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        arrived?.();
      });
    },
    async next() {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
      const call = waiting.shift();
      if (!call) throw new Error("no read is waiting");
      return call;
    },
  };
}

let directory: RefreshingDirectory | null = null;
afterEach(() => directory?.close());

function make(load: () => Promise<ServerEntry[]>, nowMs = () => 1_000): RefreshingDirectory {
  directory = createServerDirectory({
    load: async () => ({ servers: await load(), gateways: [], agents: [], keys: new Map() }),
    loadVersion: async () => null,
    log,
    clock: { nowMs, monotonicMs: nowMs },
    refreshMs: 3_600_000,
  });
  return directory;
}

describe("the server directory", () => {
  it("answers by slug and by id what the database held", async () => {
    const made = make(async () => [entry("a"), entry("b")]);
    expect(made.asOfMs).toBe(0);
    await made.refresh();
    expect(made.bySlug("slug-b")?.id).toBe("b");
    expect(made.byId("a")?.slug).toBe("slug-a");
    expect(made.bySlug("slug-c")).toBeUndefined();
    expect([...made.all()]).toHaveLength(2);
    expect(made.asOfMs).toBe(1_000);
  });

  it("resolves a refresh only with a read that began after it was asked for, and shares that read", async () => {
    const source = controlledLoad();
    const made = make(() => source.load());
    const first = made.refresh();
    const early = await source.next();
    const second = made.refresh();
    const third = made.refresh();
    let secondIsDone = false;
    void second.then(() => {
      secondIsDone = true;
    });
    early.resolve([entry("a", { name: "old" })]);
    await first;
    await Promise.resolve();
    expect(secondIsDone).toBe(false);
    (await source.next()).resolve([entry("a", { name: "new", revision: "2" })]);
    await Promise.all([second, third]);
    expect(made.byId("a")?.name).toBe("new");
    expect(source.calls).toBe(2);
  });

  it("keeps serving the last snapshot while the database is away, and says so to whoever asked", async () => {
    let isAway = false;
    const made = make(async () => {
      if (isAway) throw new Error("connection refused");
      return [entry("a")];
    });
    await made.refresh();
    isAway = true;
    await expect(made.refresh()).rejects.toMatchObject({ code: "unavailable" });
    expect(made.byId("a")).toBeDefined();
    isAway = false;
    await made.refresh();
    expect(made.byId("a")).toBeDefined();
  });

  it("tells what appeared, changed and vanished, and nothing else", async () => {
    let rows = [entry("a"), entry("b")];
    const made = make(async () => rows);
    const changes: string[] = [];
    made.onChange(({ before, after }) => changes.push(`${before?.id ?? "-"}>${after?.id ?? "-"}`));
    await made.refresh();
    expect(changes.splice(0)).toEqual(["->a", "->b"]);
    rows = [entry("a"), entry("b", { status: "inactive" }), entry("c")];
    await made.refresh();
    expect(changes.splice(0)).toEqual(["b>b", "->c"]);
    rows = [entry("a"), entry("c")];
    await made.refresh();
    expect(changes.splice(0)).toEqual(["b>-"]);
    await made.refresh();
    expect(changes).toEqual([]);
  });

  it("goes on after a listener that throws", async () => {
    const made = make(async () => [entry("a")]);
    const heard: string[] = [];
    made.onChange(() => {
      throw new Error("broken listener");
    });
    const stop = made.onChange(({ after }) => heard.push(after?.id ?? "-"));
    await made.refresh();
    expect(heard).toEqual(["a"]);
    stop();
  });

  it("reads again when a notification arrives and when the subscription is remade", async () => {
    let version = 0;
    let onNotify: () => void = () => {};
    let onListening: () => void = () => {};
    const seen: string[] = [];
    let wake: () => void = () => {};
    directory = createServerDirectory({
      load: async () => ({
        servers: [entry("a", { revision: String(++version) })],
        gateways: [],
        agents: [],
        keys: new Map(),
      }),
      loadVersion: async () => null,
      listen: async (notify, listening) => {
        onNotify = notify;
        onListening = listening;
        return async () => {};
      },
      log,
      clock: { nowMs: () => 1, monotonicMs: () => 1 },
      refreshMs: 3_600_000,
    });
    directory.onChange(({ after }) => {
      seen.push(after?.revision ?? "-");
      wake();
    });
    const change = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      });
    await directory.start();
    let changed = change();
    onNotify();
    await changed;
    changed = change();
    onListening();
    await changed;
    expect(seen).toEqual(["1", "2", "3"]);
  });

  it("tries to listen until it does, although the database was away at the start", async () => {
    let tries = 0;
    const listening = new Promise<void>((resolve) => {
      directory = createServerDirectory({
        load: async () => ({ servers: [], gateways: [], agents: [], keys: new Map() }),
        loadVersion: async () => null,
        listen: async () => {
          if (++tries < 2) throw new Error("connection refused");
          resolve();
          return async () => {};
        },
        log,
        clock: { nowMs: () => 1, monotonicMs: () => 1 },
        refreshMs: 3_600_000,
      });
    });
    await directory?.start();
    await listening;
    expect(tries).toBe(2);
  });

  it("keeps the objects of gateways and keys that did not change, and replaces those that did", async () => {
    let callsPerMinuteMax: number | null = null;
    directory = createServerDirectory({
      load: async () => ({
        servers: [entry("a", { gateway: { id: "gw_1", publicId: "public-1" } })],
        agents: [],
        gateways: [
          {
            id: "gw_1",
            organizationId: "org_a",
            name: "one",
            access: ["key"],
            oauth: null,
            callsPerMinuteMax,
            concurrentMax: null,
            grants: [],
          },
        ],
        keys: new Map([
          [
            "aa",
            {
              id: "key_1",
              organizationId: "org_a",
              name: "k",
              gatewayId: "gw_1",
              serverId: null,
              agentId: null,
              use: "external",
              expiresAtMs: null,
              revokedAtMs: null,
            },
          ],
        ]),
      }),
      loadVersion: async () => null,
      log,
      clock: { nowMs: () => 1, monotonicMs: () => 1 },
      refreshMs: 3_600_000,
    });
    await directory.refresh();
    const before = directory.byPublicId("public-1");
    const key = directory.keyByHash("aa");
    expect(before?.gateway.name).toBe("one");
    await directory.refresh();
    expect(directory.byPublicId("public-1")?.gateway).toBe(before?.gateway);
    expect(directory.keyByHash("aa")).toBe(key);
    callsPerMinuteMax = 10;
    await directory.refresh();
    expect(directory.byPublicId("public-1")?.gateway).not.toBe(before?.gateway);
    expect(directory.gatewayById("gw_1")?.callsPerMinuteMax).toBe(10);
  });
});
