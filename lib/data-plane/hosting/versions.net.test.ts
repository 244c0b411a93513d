import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "#lib/testing/eventually.ts";
import type { ServerEntry } from "../directory/index.ts";
import { createHostingFixture, type HostingFixture, ids, pidsOf } from "./testing/hosting-fixture.ts";

/** Answers with the name that its code has; `/slow?ms=` does so later. */
const versionOf = (name: string): string => `
  export default {
    async fetch(request) {
      const { searchParams } = new URL(request.url);
      const ms = Number(searchParams.get("ms") ?? 0);
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      return new Response("${name}");
    },
  };`;

let host: HostingFixture;
let first: ServerEntry;
let second: ServerEntry;
beforeEach(() => {
  host = createHostingFixture({ limits: { idleStopMs: 60_000 } });
  first = host.server(versionOf("first"));
  second = host.changed(first, host.server(versionOf("second")));
});
afterEach(() => host.close());

const pinned = (entry: ServerEntry, version: ServerEntry["version"], path = "/mcp") =>
  host.call(entry, path, ids.id("req"), version);

async function publish(before: ServerEntry, after: ServerEntry): Promise<void> {
  host.driver.apply({ before, after });
  await host.driver.settled(after.id);
}

describe("a version that is named", () => {
  it("answers beside the active one, in one process of its own, started when it is first asked for", async () => {
    await host.call(second);
    expect(pidsOf(host)).toHaveLength(1);
    const texts = await Promise.all(
      [first.version, second.version, first.version].map(async (version) => {
        const { text, semver } = await pinned(second, version);
        return `${text} ${semver}`;
      }),
    );
    const [one, two] = [first.version?.semver, second.version?.semver];
    expect(texts).toEqual([`first ${one}`, `second ${two}`, `first ${one}`]);
    expect(pidsOf(host)).toHaveLength(2);
    expect((await host.call(second)).text).toBe("second");
  });

  it("needs no start when it is the one that serves, and is stopped when it is idle", async () => {
    const own = createHostingFixture({ limits: { idleStopMs: 300 } });
    const server = own.server(versionOf("first"));
    const other = own.changed(server, own.server(versionOf("second")));
    const serving = await own.driver.lease(other, ids.id("req"));
    const byName = await own.driver.lease(other, ids.id("req"), other.version);
    expect(pidsOf(own)).toHaveLength(1);
    const older = await own.driver.lease(other, ids.id("req"), server.version);
    expect(pidsOf(own)).toHaveLength(2);
    for (const lease of [serving, byName, older]) lease.end();
    await eventually(() => expect(pidsOf(own)).toHaveLength(0));
    await own.close();
  });

  it("that does not load is refused with the runtime's words and leaves the active one alone", async () => {
    const broken = host.server("throw new Error('old and broken');").version;
    await host.call(second);
    await expect(Promise.resolve().then(() => pinned(second, broken))).rejects.toThrow("old and broken");
    expect((await host.call(second)).text).toBe("second");
    expect(host.driver.status(second.id).state).toBe("running");
  });

  it("is refused with its server when that is not active", async () => {
    await host.call(second);
    host.driver.apply({ before: second, after: { ...second, status: "inactive" } });
    expect(() => host.driver.lease(second, ids.id("req"), first.version)).toThrow("not active");
  });

  it("goes on without a new start when its version is the one that a rollback brings back", async () => {
    await host.call(second);
    await pinned(second, first.version);
    const before = pidsOf(host);
    const rolledBack = host.changed(second, first);
    await publish(second, rolledBack);
    expect((await host.call(rolledBack)).text).toBe("first");
    expect(before).toEqual(expect.arrayContaining(pidsOf(host)));
  });
});

describe("a session", () => {
  it("keeps the process of the version that opened it, until it ends", async () => {
    const own = createHostingFixture({ limits: { idleStopMs: 200 } });
    const server = own.server(versionOf("first"));
    const next = own.changed(server, own.server(versionOf("second")));
    const opening = await own.driver.lease(server, ids.id("req"));
    opening.stay?.keepSession("session");
    opening.end();
    const [pid] = pidsOf(own);
    own.driver.apply({ before: server, after: next });
    await own.driver.settled(server.id);
    expect((await own.call(next)).text).toBe("second");
    expect(await own.driver.drain(server.id, server.version?.id ?? "", 5_000)).toMatchObject({
      inFlight: 0,
      sessions: 1,
    });
    // Long enough for what is idle and holds no session to be stopped.
    await eventually(() => expect(pidsOf(own)).toEqual([pid]));
    const inSession = await own.driver.lease(next, ids.id("req"), server.version);
    expect(inSession.versionId).toBe(server.version?.id);
    inSession.stay?.endSession("session");
    inSession.end();
    await eventually(() => expect(pidsOf(own)).toEqual([]));
    await own.close();
  });
});

describe("an open-ended stream", () => {
  it("of no session is ended when its version no longer serves; one of a session goes on", async () => {
    const ended: string[] = [];
    const open = async (session: string | null) => {
      const lease = await host.driver.lease(first, ids.id("req"));
      if (session !== null) lease.stay?.keepSession(session);
      lease.stay?.isStream(session, () => {
        ended.push(session ?? "none");
        lease.end();
      });
      return lease;
    };
    await open(null);
    const ofSession = await open("session");
    await publish(first, second);
    expect(ended).toEqual(["none"]);
    expect(await host.driver.drain(first.id, first.version?.id ?? "", 5_000)).toMatchObject({ inFlight: 0 });
    host.driver.apply({ before: second, after: { ...second, status: "inactive" } });
    expect(ended).toEqual(["none", "session"]);
    ofSession.end();
  });
});

describe("a drain", () => {
  it("waits for the calls of the version before, however many come for the new one", async () => {
    await host.call(first);
    const slow = host.call(first, "/slow?ms=600");
    await eventually(() => expect(host.driver.status(first.id).inFlight).toBe(1));
    await publish(first, second);
    const endless = host.call(second, "/slow?ms=20000");
    const report = await host.driver.drain(first.id, first.version?.id ?? "", 10_000);
    expect(report).toMatchObject({ inFlight: 0, sessions: 0 });
    expect(report.waitedMs).toBeGreaterThan(50);
    expect(await slow).toMatchObject({ status: 200, text: "first" });
    host.driver.apply({ before: second });
    void endless;
  });

  it("says how many calls were left when its time is up", async () => {
    await host.call(first);
    void host.call(first, "/slow?ms=20000");
    await eventually(() => expect(host.driver.status(first.id).inFlight).toBe(1));
    await publish(first, second);
    expect(await host.driver.drain(first.id, first.version?.id ?? "", 100)).toMatchObject({ inFlight: 1 });
  });

  it("has nothing to wait for where the version serves or never ran", async () => {
    await host.call(first);
    expect(await host.driver.drain(first.id, first.version?.id ?? "", 5_000)).toMatchObject({ waitedMs: 0 });
    expect(await host.driver.drain("srv_none", "ver_none", 5_000)).toEqual({
      inFlight: 0,
      sessions: 0,
      waitedMs: 0,
    });
  });
});

describe("a restart", () => {
  it("brings a fresh process, lets calls finish on the old one, and fails none", async () => {
    await host.call(first);
    const before = pidsOf(host);
    const slow = host.call(first, "/slow?ms=400");
    let isOver = false;
    const answers: number[] = [];
    const load = (async () => {
      while (!isOver) answers.push((await host.call(first)).status);
    })();
    await host.driver.restart(first.id);
    expect(await slow).toMatchObject({ status: 200 });
    await eventually(() => expect(pidsOf(host)).toHaveLength(1));
    isOver = true;
    await load;
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(pidsOf(host)).not.toEqual(before);
    expect(host.driver.status(first.id).restarts).toBe(0);
  });

  it("does nothing where the server never ran", async () => {
    await expect(host.driver.restart("srv_none")).resolves.toBeUndefined();
  });
});

describe("thirty publishes under load", () => {
  it("fail no call", async () => {
    await host.call(first);
    let isOver = false;
    let active = first;
    const answers = new Map<string, number>();
    const caller = async () => {
      while (!isOver) {
        const { status, text } = await host.call(active);
        const key = `${status} ${text}`;
        answers.set(key, (answers.get(key) ?? 0) + 1);
      }
    };
    const callers = [caller(), caller(), caller()];
    for (let round = 0; round < 30; round++) {
      const next = active === first ? second : first;
      host.driver.apply({ before: active, after: next });
      active = next;
      await host.driver.settled(first.id);
    }
    isOver = true;
    await Promise.all(callers);
    expect([...answers.keys()].sort()).toEqual(["200 first", "200 second"]);
  });
});

describe("crashes", () => {
  it("are remembered with their time and reason, newest last", async () => {
    await host.call(first);
    expect(host.driver.crashes(first.id)).toEqual([]);
    for (let count = 1; count <= 2; count++) {
      const [pid] = pidsOf(host);
      process.kill(pid ?? 0, "SIGKILL");
      await eventually(() => expect(host.driver.crashes(first.id)).toHaveLength(count));
      await eventually(async () => expect((await host.call(first)).status).toBe(200));
    }
    const [older, newer] = host.driver.crashes(first.id);
    expect(newer?.reason).toBe("The server's runtime was ended by the system (SIGKILL).");
    expect(newer?.atMs).toBeGreaterThanOrEqual(older?.atMs ?? Number.POSITIVE_INFINITY);
  });
});
