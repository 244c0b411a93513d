import { desc, eq } from "drizzle-orm";
import { auditLog, serverTools } from "#drizzle/schema/index.ts";
import type { Role, Server } from "#lib/contract/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Ctx, Doors } from "#lib/domain/access/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { type FakeRuntime, fakeRuntime } from "./fake-runtime.ts";
import { createTenants, type Tenants, type TestOrganization } from "./tenants.ts";
import { testCtx, testSystem } from "./test-context.ts";
import { testDatabase } from "./test-database.ts";

/** Two organizations, servers with known tools, and what the audit log says. */
export async function gatewayFixture({
  clock,
  doors,
  onRefresh,
}: {
  /** What the data plane does when it is told of a change. */
  onRefresh?: () => Promise<void>;
  clock?: Clock;
  doors?: Partial<Omit<Doors, "runtime">>;
} = {}) {
  const store = await testDatabase();
  const tenants: Tenants = await createTenants(store.database);
  const runtime: FakeRuntime = fakeRuntime();
  if (onRefresh) runtime.refresh = onRefresh;
  const { seal, unseal } = createSealedBox(new Uint8Array(32).fill(3));
  const system = testSystem({
    database: store.database,
    ...(clock ? { clock } : {}),
    doors: { runtime, seal, unseal, ...doors },
  });
  let made = 0;
  const as = (role: Role, organization: TestOrganization = tenants.acme): Ctx =>
    testCtx(system, organization, role);
  return {
    store,
    tenants,
    runtime,
    system,
    as,
    stranger: (): Ctx => testCtx(system, tenants.globex, "owner"),
    /** A connected server; with `tools` it has passed a tools/list that named them. */
    async server(ctx: Ctx = as("admin"), tools?: readonly string[]): Promise<Server> {
      made += 1;
      const server = await createServer(ctx, {
        kind: "connected",
        name: `Server ${made}`,
        slug: `server-${made}`,
        upstreamUrl: "https://mcp.example.com/mcp",
      });
      if (tools)
        await store.database.db.insert(serverTools).values({
          organizationId: ctx.organization.id,
          serverId: server.id,
          tools: tools.map((name) => ({ name })),
          toolCount: tools.length,
          seenAt: new Date(),
        });
      return server;
    },
    /** The newest audit record about `entityId`. */
    async lastAudit(entityId: string) {
      const [row] = await store.database.db
        .select()
        .from(auditLog)
        .where(eq(auditLog.entityId, entityId))
        .orderBy(desc(auditLog.id));
      return row;
    },
  };
}
export type GatewayFixture = Awaited<ReturnType<typeof gatewayFixture>>;
