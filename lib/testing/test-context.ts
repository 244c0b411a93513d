import type { Role } from "#lib/contract/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Database } from "#lib/db/index.ts";
import { type Ctx, type Doors, type Log, type System, scopesOfRole } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { fakeClock } from "./fake-clock.ts";
import { recordingLog } from "./recording-log.ts";
import type { TestOrganization } from "./tenants.ts";

/** Enough to tell passwords apart; what a guess costs is no subject of these tests. */
const CHEAP_PASSWORDS = { N: 16, r: 1, p: 1 };

export interface TestSystemOptions {
  database: Database;
  clock?: Clock;
  log?: Log;
  /** The doors that the test opens; any other throws. */
  doors?: { runtime?: Partial<Doors["runtime"]> } & Partial<Omit<Doors, "runtime">>;
}

/** What verbs need, with a clock that stands still and doors that throw unless the test gives them; secrets are sealed for real. */
export function testSystem({
  database,
  clock = fakeClock(),
  log = recordingLog(),
  doors,
}: TestSystemOptions): System {
  return {
    database,
    clock,
    ids: createIdSource(() => clock.nowMs()),
    log,
    passwordCost: CHEAP_PASSWORDS,
    doors: { ...closedDoors, ...doors, runtime: { ...closedDoors.runtime, ...doors?.runtime } },
  };
}

/** A call by the organization's user of `role`. `overrides` replaces parts, e.g. the actor or the scopes. */
export function testCtx(
  system: System,
  organization: TestOrganization,
  role: Role,
  overrides: Partial<Ctx> = {},
): Ctx {
  const user = organization.users[role];
  return {
    ...system,
    actor: { kind: "user", userId: user.id, name: user.name, email: user.email },
    organization: { id: organization.id, slug: organization.slug },
    role,
    scopes: scopesOfRole(role),
    requestId: system.ids.id("req"),
    ...overrides,
  };
}

const closed = (name: string) => (): never => {
  throw new Error(`This test did not expect a call of the door ${name}.`);
};

const closedDoors: Doors = {
  runtime: {
    startTrials: closed("runtime.startTrials"),
    refresh: closed("runtime.refresh"),
    drain: closed("runtime.drain"),
    restart: closed("runtime.restart"),
    status: closed("runtime.status"),
    hostingCheck: closed("runtime.hostingCheck"),
    crashes: closed("runtime.crashes"),
    startWaits: closed("runtime.startWaits"),
    logStream: closed("runtime.logStream"),
  },
  payments: null,
  dashboardUrl: (path) => `http://127.0.0.1:3000${path}`,
  logRetentionDaysMax: 90,
  mcpUrl: (slug) => `http://127.0.0.1:3000/mcp/${slug}`,
  gatewayUrl: (publicId) => `http://127.0.0.1:3000/gateway/${publicId}/mcp`,
  internalMcp: closed("internalMcp"),
  agentMcp: closed("agentMcp"),
  publicFetch: closed("publicFetch"),
  mail: null,
  ...createSealedBox(new Uint8Array(32).fill(7)),
};
