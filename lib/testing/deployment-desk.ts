import type { Operation, Version } from "#lib/contract/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Ctx, System } from "#lib/domain/access/index.ts";
import { listOperations, publishVersion, uploadVersion } from "#lib/domain/deployments/index.ts";
import { createServer, loadDirectoryRows } from "#lib/domain/servers/index.ts";
import { completed } from "./completed.ts";
import { type FakeClock, fakeClock } from "./fake-clock.ts";
import { type FakeRuntime, type FakeTrial, fakeRuntime } from "./fake-runtime.ts";
import { createTenants, type Tenants } from "./tenants.ts";
import { testCtx, testSystem } from "./test-context.ts";
import { type TestDatabase, testDatabase } from "./test-database.ts";

/** Two organizations over a real database, a data plane that does what the test says, and a clock that stands still. */
export interface DeploymentDesk {
  readonly store: TestDatabase;
  readonly tenants: Tenants;
  /** These three are new after `renew`. */
  readonly runtime: FakeRuntime;
  readonly clock: FakeClock;
  readonly system: System;
  renew(): void;
  developer(): Ctx;
  viewer(): Ctx;
  /** The owner of the other organization. */
  stranger(): Ctx;
  /** A new hosted server with these versions; answers its id. */
  serverWith(...versions: string[]): Promise<string>;
  /** `text` makes the code differ; default: the version. */
  upload(server: string, version: string, ctx?: Ctx, text?: string): Promise<Version>;
  /** Asks for a publish, runs it, and answers how it ended. */
  publish(server: string, version: string, ctx?: Ctx): Promise<Operation>;
  newest(server: string): Promise<Operation>;
  /** Trials from now on wait for `release`; `begun` resolves when one does. */
  heldTrial(): { begun: Promise<void>; release(trial?: FakeTrial): void };
  /** The server as the data plane reads it. */
  directoryRow(id: string): Promise<Awaited<ReturnType<typeof loadDirectoryRows>>[number] | undefined>;
  close(): Promise<void>;
}

/** The code that `upload` sends for this text. */
export const moduleSaying = (text: string): Uint8Array =>
  new TextEncoder().encode(`export default { fetch: () => new Response("${text}") };`);

export async function openDeploymentDesk(): Promise<DeploymentDesk> {
  const store = await testDatabase();
  const tenants = await createTenants(store.database);
  const box = createSealedBox(new Uint8Array(32).fill(9));
  const fresh = () => {
    const [runtime, clock] = [fakeRuntime(), fakeClock()];
    const doors = { runtime, seal: box.seal, unseal: box.unseal };
    return { runtime, clock, system: testSystem({ database: store.database, clock, doors }) };
  };
  let parts = fresh();
  let made = 0;
  const desk: DeploymentDesk = {
    store,
    tenants,
    get runtime() {
      return parts.runtime;
    },
    get clock() {
      return parts.clock;
    },
    get system() {
      return parts.system;
    },
    renew() {
      parts = fresh();
    },
    developer: () => testCtx(parts.system, tenants.acme, "developer"),
    viewer: () => testCtx(parts.system, tenants.acme, "viewer"),
    stranger: () => testCtx(parts.system, tenants.globex, "owner"),
    async serverWith(...versions) {
      made += 1;
      const { id } = await createServer(desk.developer(), {
        kind: "hosted",
        name: `S${made}`,
        slug: `deployed-${made}`,
      });
      for (const version of versions) await desk.upload(id, version);
      return id;
    },
    upload: (server, version, ctx = desk.developer(), text = version) =>
      uploadVersion(ctx, { server, version, contentType: "text/javascript", body: moduleSaying(text) }),
    publish: (server, version, ctx = desk.developer()) =>
      completed(ctx, publishVersion(ctx, { server, version })),
    async newest(server) {
      const [first] = await listOperations(desk.viewer(), { server });
      if (!first) throw new Error("there is no operation");
      return first;
    },
    heldTrial() {
      const begun = Promise.withResolvers<void>();
      const held = Promise.withResolvers<FakeTrial>();
      parts.runtime.onTrial = () => {
        begun.resolve();
        return held.promise;
      };
      return { begun: begun.promise, release: (trial = {}) => held.resolve(trial) };
    },
    directoryRow: async (id) =>
      (await loadDirectoryRows(store.database, box.unseal)).find((row) => row.id === id),
    close: () => store.close(),
  };
  return desk;
}
