import { deflateSync } from "node:zlib";
import {
  accessKeys,
  agentServers,
  agents,
  alertChannels,
  alertDeliveries,
  alerts,
  apiTokens,
  checkoutSessions,
  checkRuns,
  gateways,
  grants,
  incidentEvidence,
  incidentShares,
  incidents,
  logDrainDeadLetters,
  logDrains,
  memberships,
  oneTimeTokens,
  operations,
  requestLog,
  savedViews,
  servers,
  users,
} from "#drizzle/schema/index.ts";
import type { Database } from "#lib/db/index.ts";
import { inTransaction } from "#lib/db/transaction.ts";
import { addCredits } from "#lib/domain/ledger/index.ts";
import { createIdSource, encodeId, type IdPrefix } from "#lib/kernel/ids.ts";
import { bareDiagnosis, bareEvidence } from "./bare-evidence.ts";
import type { TestOrganization } from "./tenants.ts";

const ids = createIdSource();

/**
 * What stands for each path parameter in a call about `organization`'s own rows. A route whose path names a parameter
 * that is not here gives it in its `example`, or the authorization matrix fails.
 */
export type PathValues = Readonly<Record<string, string>>;

/** Which parameters name rows of an organization, and how an id that names none looks. */
export const ROW_PARAMETERS: Readonly<Record<string, IdPrefix>> = {
  server: "srv",
  userId: "usr",
  tokenId: "key",
  invitationId: "inv",
  operation: "op",
  gateway: "gw",
  agent: "agt",
  grant: "grt",
  key: "key",
  requestId: "req",
  drain: "drn",
  letter: "ded",
  view: "view",
  channel: "alc",
  delivery: "ald",
  tx: "tx",
  session: "cks",
  incident: "inc",
  evidence: "evd",
  share: "shr",
};

/** One row of everything that a path can name, written straight into the tables, in `organization`. */
export async function insertTenantRows(
  database: Database,
  organization: TestOrganization,
): Promise<PathValues> {
  const { db } = database;
  const organizationId = organization.id;
  const server = {
    id: ids.id("srv"),
    slug: `srv-${ids
      .secret(6)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "0")}`,
  };
  const userId = ids.id("usr");
  const tokenId = ids.id("key");
  const invitationId = ids.id("inv");
  const operation = ids.id("op");
  const request = ids.uuid();
  const gateway = ids.id("gw");
  const grant = ids.id("grt");
  const key = ids.id("key");
  const agent = ids.id("agt");
  const drain = ids.id("drn");
  const letter = ids.id("ded");
  const view = ids.id("view");
  const channel = ids.id("alc");
  const delivery = ids.id("ald");
  await db.insert(servers).values({
    ...server,
    organizationId,
    name: "Support",
    kind: "connected",
    upstreamUrl: "https://mcp.example.com/mcp",
  });
  await db.insert(users).values({ id: userId, email: `${userId}@example.com`, name: "Somebody else" });
  await db.insert(memberships).values({ organizationId, userId, role: "viewer" });
  await db.insert(apiTokens).values({
    id: tokenId,
    organizationId,
    name: "CI",
    prefix: "mcpstack_sk_abcd",
    hash: tokenId,
    scopes: ["servers:read"],
  });
  await db.insert(oneTimeTokens).values({
    hash: invitationId,
    id: invitationId,
    purpose: "invite",
    organizationId,
    email: `${invitationId}@example.com`,
    name: "Invited",
    role: "viewer",
    expiresAt: new Date("2200-01-01T00:00:00Z"),
  });
  await db.insert(operations).values({
    id: operation,
    organizationId,
    serverId: server.id,
    kind: "activate",
    state: "succeeded",
    actor: "system:test",
  });
  await db.insert(gateways).values({ organizationId, id: gateway, name: "Own gateway", access: ["key"] });
  await db.insert(accessKeys).values({
    organizationId,
    id: key,
    gatewayId: gateway,
    name: "Bot",
    prefix: "mcpstack_gk_abcd",
    hash: key,
  });
  await db.insert(agents).values({ organizationId, id: agent, name: "Own agent" });
  await db.insert(agentServers).values({ organizationId, agentId: agent, serverId: server.id });
  await db.insert(grants).values({
    organizationId,
    id: grant,
    gatewayId: gateway,
    subjectKind: "everyone",
    tools: ["*"],
  });
  await db.insert(logDrains).values({
    organizationId,
    id: drain,
    name: "Warehouse",
    kind: "http_ndjson",
    url: "https://logs.example.com/",
    logs: ["requests"],
  });
  await db.insert(logDrainDeadLetters).values({
    organizationId,
    id: letter,
    drainId: drain,
    log: "requests",
    rowIds: [request],
    reason: "The sink answered 400",
  });
  const alert = ids.id("alr");
  const firedAt = new Date("2026-11-20T14:00:00Z");
  await db.insert(alertChannels).values({
    organizationId,
    id: channel,
    kind: "webhook",
    name: "On call",
    target: "https://hooks.example.com/",
    createdAt: firedAt,
  });
  await db.insert(alerts).values({
    organizationId,
    id: alert,
    rule: "credits_used",
    scope: "organization",
    threshold: 50,
    periodStart: firedAt,
    severity: "info",
    title: "50 % of the credits are used",
    detail: "",
    path: "/settings/billing",
    firedAt,
  });
  await db.insert(alertDeliveries).values({
    organizationId,
    id: delivery,
    alertId: alert,
    channelId: channel,
    status: "failed",
    createdAt: firedAt,
  });
  await db.insert(checkRuns).values({
    id: ids.id("chk"),
    organizationId,
    serverId: server.id,
    kind: "tools-list",
    status: "failed",
    durationMs: 1,
    result: {},
    actor: "system:test",
  });
  await db.insert(requestLog).values({
    id: request,
    organizationId,
    serverId: server.id,
    requestId: request,
    level: 1,
    outcome: "ok",
    kind: "request",
    source: "external",
    region: "test",
    node: "test",
    httpStatus: 200,
    durationMs: 1,
    requestBytes: 1,
    responseBytes: 1,
  });
  const session = ids.id("cks");
  await db.insert(checkoutSessions).values({
    organizationId,
    id: session,
    amountMicros: 25_000_000n,
    status: "open",
    createdAt: new Date(),
    updatedAt: new Date(),
  });
  const { txId } = await inTransaction(db, (transaction) =>
    addCredits(
      transaction,
      {
        organizationId,
        kind: "manual",
        amountMicros: 25_000_000n,
        priority: 50,
        expiresAtMs: null,
        paymentId: null,
        reason: "Pilot",
        actor: "system:test",
        idemKey: "tenant-rows",
      },
      { nowMs: Date.now(), newId: () => ids.uuid() },
    ),
  );
  const incident = ids.id("inc");
  const evidence = ids.id("evd");
  const share = ids.id("shr");
  await db.insert(incidents).values({
    organizationId,
    id: incident,
    number: 1,
    title: "Search fails",
    severity: "warning",
    origin: "api",
    serverId: server.id,
    at: firedAt,
    windowFrom: new Date(firedAt.getTime() - 1_800_000),
    windowTo: firedAt,
    openedBy: "system:test",
    openedAt: firedAt,
    updatedAt: firedAt,
  });
  const place = { organizationId, incidentId: incident };
  await db.insert(incidentEvidence).values({
    ...place,
    id: evidence,
    evidence: deflateSync(JSON.stringify(bareEvidence(organizationId))),
    diagnosis: JSON.stringify(bareDiagnosis()),
    sha256: bareDiagnosis().evidenceSha256,
    collectedAt: firedAt,
  });
  await db.insert(incidentShares).values({
    ...place,
    id: share,
    tokenHash: share,
    createdAt: firedAt,
    expiresAt: new Date("2200-01-01T00:00:00Z"),
  });
  await db.insert(savedViews).values({
    organizationId,
    id: view,
    serverId: server.id,
    log: "requests",
    name: "Errors",
    query: "level=error",
    isShared: true,
    createdBy: "system:test",
  });
  return {
    org: organization.slug,
    server: server.slug,
    userId,
    tokenId,
    invitationId,
    operation,
    gateway,
    agent,
    grant,
    key,
    requestId: encodeId("req", request),
    view,
    tool: "echo",
    drain,
    letter,
    channel,
    delivery,
    tx: encodeId("tx", txId),
    session,
    incident,
    evidence,
    share,
  };
}
