import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#lib/testing/eventually.ts";
import { processIdentity } from "./process-stats.ts";
import { createHostingFixture, type HostingFixture, ids, pidsOf } from "./testing/hosting-fixture.ts";
import { TENANT } from "./testing/tenants.ts";

let host: HostingFixture;
beforeAll(() => {
  host = createHostingFixture({
    limits: { concurrentPerServerMax: 3, crashesBeforeCrashLoop: 3 },
  });
});
afterAll(() => host.close());

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe("a lease", () => {
  it("starts the server when it is first called, and status tells how it is", async () => {
    const server = host.server(TENANT, { NAME: "tickets" });
    expect(host.driver.status(server.id)).toMatchObject({ state: "stopped", version: null });
    expect(await host.call(server)).toMatchObject({
      status: 200,
      text: "tickets",
      semver: server.version?.semver,
    });
    expect(host.driver.status(server.id)).toMatchObject({
      state: "running",
      version: server.version?.semver,
      region: "local",
      node: "test",
      inFlight: 0,
      restarts: 0,
      lastExit: null,
    });
  });

  it("starts one process for many first calls at once", async () => {
    const server = host.server(TENANT);
    const before = pidsOf(host).length;
    await Promise.all([1, 2, 3].map(() => host.call(server)));
    expect(pidsOf(host).length).toBe(before + 1);
  });

  it("is remembered with how long it waited for the start; a call of a running server is not", async () => {
    const server = host.server(TENANT);
    await host.call(server);
    const waits = host.driver.startWaits(server.id);
    expect(waits).toHaveLength(1);
    expect(waits[0]?.waitedMs).toBeGreaterThan(0);
    await host.call(server);
    expect(host.driver.startWaits(server.id)).toHaveLength(1);
    expect(host.driver.startWaits("srv_unknown")).toEqual([]);
  });

  it("is refused for a server that is not active or has no version", () => {
    const server = host.server(TENANT);
    const code = (entry: typeof server) => {
      try {
        return host.driver.lease(entry, ids.id("req"));
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code({ ...server, status: "inactive" })).toBe("server_inactive");
    expect(code({ ...server, version: null })).toBe("server_inactive");
  });

  it("is refused beyond the calls that a server may handle at once, and given again when one ends", async () => {
    const server = host.server(TENANT);
    const leases = [];
    for (let count = 0; count < 3; count++) leases.push(await host.driver.lease(server, ids.id("req")));
    expect(host.driver.status(server.id).inFlight).toBe(3);
    expect(() => host.driver.lease(server, ids.id("req"))).toThrow("already handles 3 calls");
    leases[0]?.end();
    leases[0]?.end();
    expect(host.driver.status(server.id).inFlight).toBe(2);
    const another = await host.driver.lease(server, ids.id("req"));
    for (const lease of [...leases, another]) lease.end();
    expect(host.driver.status(server.id).inFlight).toBe(0);
  });
});

describe("code that does not load", () => {
  it.each([
    ["export default { fetch( { return 1 }", "SyntaxError", "main.js:1"],
    ["throw new Error('no configuration');", "Uncaught Error: no configuration", "main.js:1:7"],
    ["import './missing.js'; export default { fetch() {} };", 'No such module "missing.js"', "main.js"],
    ["export const answer = 42;", "The main module has no fetch handler", ""],
    ["export default { fetch: 42 };", "The main module has no fetch handler", ""],
  ])("is refused with the runtime's own message: %s", async (source, message, place) => {
    const server = host.server(source);
    const lease = Promise.resolve().then(() => host.driver.lease(server, ids.id("req")));
    await expect(lease).rejects.toMatchObject({
      code: "bundle_refused",
      message: expect.stringContaining(message),
    });
    await expect(lease).rejects.toMatchObject({ message: expect.stringContaining(place) });
    await expect(lease).rejects.toMatchObject({
      message: expect.not.stringMatching(/mcpstack-|\/tmp|service tenant/),
    });
    expect(host.driver.status(server.id)).toMatchObject({
      restarts: 1,
      lastExit: { reason: "The server did not start; its logs say why." },
    });
  });

  it("crash-loops in the end, which calls are told with a time to come back", async () => {
    const server = host.server("throw new Error('never');");
    const attempt = () => Promise.resolve().then(() => host.driver.lease(server, ids.id("req")));
    await eventually(async () => {
      await expect(attempt()).rejects.toMatchObject({
        code: "runtime_failed",
        retryAfterSeconds: expect.any(Number),
      });
    });
    await expect(attempt()).rejects.toThrow(
      /crash looping \(3 crashes within 60 s\).*Uncaught Error: never/s,
    );
    expect(host.driver.status(server.id).state).toBe("crash_looping");
    // A new version starts over at once.
    const fixed = host.changed(server, host.server(TENANT, { NAME: "fixed" }));
    host.driver.apply({ before: server, after: fixed });
    expect((await host.call(fixed)).text).toBe("fixed");
  });
});

describe("environment variables", () => {
  it("reach the server and are on no disk", async () => {
    const secret = `value-${ids.secret(16)}`;
    const server = host.server(TENANT, { NAME: secret, 'ODD"NAME': "quoted" });
    await expect(Promise.resolve().then(() => host.call(server))).resolves.toMatchObject({ text: secret });
    for (const file of filesBelow(host.root)) {
      if (statSync(file).size > 0) expect(readFileSync(file).includes(secret)).toBe(false);
    }
  });
});

describe("a changed revision", () => {
  it("takes new calls when it is ready, while calls on the old one finish there", async () => {
    const old = host.server(TENANT, { NAME: "old" });
    await host.call(old);
    const slow = host.call(old, "/slow?ms=2500");
    const next = host.changed(old, host.server(TENANT, { NAME: "new" }));
    host.driver.apply({ before: old, after: next });
    await eventually(async () => expect((await host.call(next)).text).toBe("new"));
    expect(await slow).toMatchObject({ status: 200, text: "slow old", semver: old.version?.semver });
  });

  it("never gives a call nothing while it switches, and a stale entry does not bring the old one back", async () => {
    const old = host.server(TENANT, { NAME: "old" });
    await host.call(old);
    const next = host.changed(old, host.server(TENANT, { NAME: "new" }));
    host.driver.apply({ before: old, after: next });
    const texts = new Set<string>();
    await eventually(async () => {
      const { status, text } = await host.call(old);
      expect(status).toBe(200);
      texts.add(text);
      expect(text).toBe("new");
    });
    expect([...texts].every((text) => text === "old" || text === "new")).toBe(true);
    expect((await host.call(old)).text).toBe("new");
  });

  it("takes every call from when it is settled", async () => {
    const old = host.server(TENANT, { NAME: "old" });
    await host.call(old);
    for (const name of ["second", "third"]) {
      const next = host.changed(old, host.server(TENANT, { NAME: name }));
      host.driver.apply({ before: old, after: next });
      await host.driver.settled(old.id);
      expect((await host.call(next)).text).toBe(name);
    }
    await expect(host.driver.settled("srv_that_never_ran")).resolves.toBeUndefined();
  });

  it("can go back to a revision that was replaced", async () => {
    const first = host.server(TENANT, { NAME: "first" });
    const second = host.changed(first, host.server(TENANT, { NAME: "second" }));
    await host.call(first);
    host.driver.apply({ before: first, after: second });
    await eventually(async () => expect((await host.call(second)).text).toBe("second"));
    host.driver.apply({ before: second, after: first });
    await eventually(async () => expect((await host.call(first)).text).toBe("first"));
  });

  it("cuts calls of the old one that outlast the drain, and says why", async () => {
    const host = createHostingFixture({ limits: { drainMs: 300 } });
    const old = host.server(TENANT, { NAME: "old" });
    await host.call(old);
    const endless = host.call(old, "/slow?ms=60000");
    host.driver.apply({ before: old, after: { ...old, status: "inactive" } });
    expect(await endless).toMatchObject({ status: 0, exit: { reason: "stopped" } });
    await eventually(() => expect(host.driver.status(old.id).state).toBe("stopped"));
    await host.close();
  });
});

describe("a deactivated or removed server", () => {
  it("does not come back by a call that still holds its old entry, but does when it is activated again", async () => {
    const server = host.server(TENANT, { NAME: "again" });
    await host.call(server);
    const inactive = { ...server, status: "inactive" as const };
    host.driver.apply({ before: server, after: inactive });
    expect(() => host.driver.lease(server, ids.id("req"))).toThrow("not active");
    host.driver.apply({ before: inactive, after: server });
    expect((await host.call(server)).text).toBe("again");
    host.driver.apply({ before: server });
    expect(() => host.driver.lease(server, ids.id("req"))).toThrow("not active");
    await eventually(() =>
      expect(host.driver.status(server.id)).toMatchObject({ state: "stopped", version: null }),
    );
  });
});

describe("an idle server", () => {
  it("is stopped, leaves nothing behind, and starts again when called", async () => {
    const host = createHostingFixture({ limits: { idleStopMs: 300 } });
    const server = host.server(TENANT, { NAME: "sleepy" });
    await host.call(server);
    await eventually(() => expect(host.driver.status(server.id).state).toBe("stopped"));
    await eventually(() => expect(pidsOf(host)).toHaveLength(0));
    expect(readdirSync(join(host.runDir, "rt"))).toEqual([]);
    expect((await host.call(server)).text).toBe("sleepy");
    await host.close();
  });
});

describe("a killed runtime", () => {
  it("breaks its calls with a reason, restarts by itself, and leaves neighbours alone", async () => {
    const server = host.server(TENANT, { NAME: "killed" });
    const neighbour = host.server(TENANT, { NAME: "neighbour" });
    await host.call(neighbour);
    const before = pidsOf(host);
    await host.call(server);
    const [pid] = pidsOf(host).filter((candidate) => !before.includes(candidate));
    const slow = host.call(server, "/slow?ms=20000");
    await eventually(() => expect(host.driver.status(server.id).inFlight).toBe(1));
    process.kill(pid ?? 0, "SIGKILL");
    expect(await slow).toMatchObject({ status: 0, exit: { reason: "crashed" } });
    expect(await host.call(neighbour)).toMatchObject({ status: 200, text: "neighbour" });
    await eventually(() => expect(host.driver.status(server.id).state).toBe("running"));
    expect(await host.call(server)).toMatchObject({ status: 200, text: "killed" });
    expect(host.driver.status(server.id)).toMatchObject({
      restarts: 1,
      lastExit: { reason: expect.stringContaining("SIGKILL") },
    });
    expect(processIdentity(pid ?? 0)).toBeNull();
  });
});

describe("a trial", () => {
  const version = { id: "ver_1", semver: "2.0.0" };
  const bundle = (source: string) => ({ mainModule: "main.js", modules: { "main.js": source } });

  it("runs apart from the server's traffic and leaves nothing behind", async () => {
    const server = host.server(TENANT, { NAME: "serving" });
    await host.call(server);
    const before = pidsOf(host).length;
    const trial = await host.driver.trial({
      server,
      version,
      bundle: bundle(TENANT),
      environment: { NAME: "tried" },
    });
    expect(trial.startMs).toBeGreaterThan(0);
    const { body } = await trial.lease.dispatcher.request({
      origin: trial.lease.origin,
      path: "/mcp",
      method: "GET",
    });
    expect(await body.text()).toBe("tried");
    expect((await host.call(server)).text).toBe("serving");
    await trial.stop();
    await trial.stop();
    expect(pidsOf(host)).toHaveLength(before);
  });

  it("refuses what does not load and what is no bundle, and changes nothing", async () => {
    const server = host.server(TENANT);
    const directories = readdirSync(join(host.runDir, "rt"));
    const tryOut = (modules: Record<string, string>, mainModule = "main.js") =>
      host.driver.trial({ server, version, bundle: { mainModule, modules }, environment: {} });
    await expect(tryOut({ "main.js": "export default {}" })).rejects.toMatchObject({
      code: "bundle_refused",
    });
    await expect(tryOut({ "../main.js": "" }, "../main.js")).rejects.toThrow("not a plain relative path");
    await expect(tryOut({ "other.js": "" })).rejects.toThrow('no module "main.js"');
    expect(directories).toEqual(expect.arrayContaining(readdirSync(join(host.runDir, "rt"))));
    expect(host.driver.status(server.id).state).toBe("stopped");
  });

  it.each([
    [
      "a class that the runtime constructs",
      "main.js",
      `import { WorkerEntrypoint } from "cloudflare:workers";
       export default class extends WorkerEntrypoint {
         #greeting = "class";
         async fetch() { return new Response(this.#greeting + " " + this.env.NAME); }
       }`,
      "class tried",
    ],
    [
      "CommonJS",
      "main.cjs",
      "module.exports = { fetch: (request, env) => new Response('cjs ' + env.NAME) };",
      "cjs tried",
    ],
    [
      "a handler that uses its own object",
      "main.mjs",
      "export default { name: 'self', fetch(request, env) { return new Response(this.name + ' ' + env.NAME); } };",
      "self tried",
    ],
  ])("takes %s", async (_what, mainModule, source, text) => {
    const server = host.server(TENANT);
    const trial = await host.driver.trial({
      server,
      version,
      bundle: { mainModule, modules: { [mainModule]: source } },
      environment: { NAME: "tried" },
    });
    const { body } = await trial.lease.dispatcher.request({
      origin: trial.lease.origin,
      path: "/mcp",
      method: "GET",
    });
    expect(await body.text()).toBe(text);
    await trial.stop();
  });

  it("takes a bundle of several modules", async () => {
    const server = host.server(TENANT);
    const trial = await host.driver.trial({
      server,
      version,
      environment: {},
      bundle: {
        mainModule: "src/main.js",
        modules: {
          "src/main.js": `
            import { name } from "./lib/name.js";
            import data from "../data.json";
            import text from "../note.txt";
            export default { fetch: () => new Response([name, data.a, text].join(" ")) };`,
          "src/lib/name.js": "export const name = 'several';",
          "data.json": '{"a":1}',
          "note.txt": "texts",
        },
      },
    });
    const { body } = await trial.lease.dispatcher.request({
      origin: trial.lease.origin,
      path: "/mcp",
      method: "GET",
    });
    expect(await body.text()).toBe("several 1 texts");
    await trial.stop();
  });
});
