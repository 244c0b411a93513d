import type { Outcome, Source } from "#lib/contract/index.ts";
import { type RequestFact, writeRequestFacts } from "#lib/domain/requests/index.ts";
import { requestFact } from "../request-fact.ts";
import { PRICE_PER_CALL_MICROS, PRICED_PLAN } from "./fleet.ts";
import type { Scene } from "./scene.ts";

/** Calls of earlier, evenly spread. Times in minutes before now. */
export interface Past {
  calls: number;
  fromMinutes?: number;
  toMinutes?: number;
  tools?: readonly string[];
  client?: string;
  outcome?: Outcome;
  error?: string;
  source?: Source;
  byAgent?: boolean;
  /** Another agent than the scene's own. */
  agentId?: string;
  durationMs?: number;
  responseBytes?: number;
  region?: string;
  door?: "gateway" | "direct";
  /** They cost what a call costs. */
  isBilled?: boolean;
  principal?: string;
  /** `plan@n`; default: that of the fleet's priced plan. */
  priceVersion?: string;
}

/** By default they took longer than a busy machine makes calls of now take: nothing is slower than before unless it is to be. */
const DURATION_MS = 2_000;
/** What calls of earlier took where those of now are to be slower. */
export const FAST_MS = 250;

/** Writes them as the edge's writer would have, billed ones with their debits, all dated then. */
export async function writePast(scene: Scene, past: Past): Promise<void> {
  const { fromMinutes = 58, toMinutes = 32, calls } = past;
  const { fleet, ctx } = scene;
  const stepMs = ((fromMinutes - toMinutes) * 60_000) / Math.max(1, calls);
  const nowMs = ctx.clock.nowMs();
  const facts = Array.from({ length: calls }, (_, place) => {
    const atMs = nowMs - fromMinutes * 60_000 + place * stepMs;
    return pastFact(scene, past, ctx.ids.uuid(atMs), place);
  });
  const thenMs = nowMs - toMinutes * 60_000;
  await writeRequestFacts(
    fleet.database,
    { facts, region: past.region ?? "eu", node: `edge-${past.region ?? "eu"}` },
    { nowMs: () => thenMs, ids: { uuid: () => ctx.ids.uuid(thenMs) } },
  );
}

function pastFact(scene: Scene, past: Past, id: string, place: number): RequestFact {
  const { tools = ["search_tickets", "get_ticket"], outcome = "ok" } = past;
  const agentId = past.agentId ?? (past.byAgent === true ? (scene.agent?.id ?? null) : null);
  const isDirect = past.door === "direct" || scene.gateway === null;
  const principal =
    past.principal ??
    (agentId !== null ? `agent:${agentId}` : scene.key ? `key:${scene.key.id}` : "anonymous");
  return requestFact({
    id,
    organizationId: scene.organization.id,
    serverId: scene.server.id,
    versionId: scene.server.versionId,
    outcome,
    error: past.error ?? null,
    tool: tools[place % tools.length] ?? null,
    source: past.source ?? (agentId === null ? "external" : "agent"),
    clientName: past.client ?? (agentId === null ? "desk-app" : "desk-agent"),
    clientVersion: "1.0.0",
    agentId,
    gatewayId: isDirect ? null : (scene.gateway?.id ?? null),
    // They differ a little, as they do.
    durationMs: (past.durationMs ?? DURATION_MS) * (0.9 + (place % 5) * 0.05),
    responseBytes: past.responseBytes ?? 400,
    decision: { reason: "allowed", principal, grantId: null, explanation: null },
    ...(past.isBilled === true
      ? {
          billing: {
            verdict: "billed",
            charge: {
              amountMicros: String(PRICE_PER_CALL_MICROS),
              units: { calls: 1, hundredMs: 1, kib64: 1 },
              priceVersion: past.priceVersion ?? `${PRICED_PLAN}@1`,
              leases: { organization: null, agent: null, user: null, session: null },
            },
          },
        }
      : {}),
  });
}
