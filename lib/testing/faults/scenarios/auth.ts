import { createGatewayKey, revokeGatewayKey, updateGateway } from "#lib/domain/gateways/index.ts";
import { updateServer } from "#lib/domain/servers/index.ts";
import { startRealIssuer } from "../../mcp/index.ts";
import { cause, type Fault } from "../fault.ts";
import type { Fleet } from "../fleet.ts";
import { openScene, type Scene, type SceneOptions } from "../scene.ts";

/** A desk behind OAuth whose callers came in until a moment ago. */
export async function signedInDesk(fleet: Fleet, options: SceneOptions = {}): Promise<Scene> {
  const scene = await openScene(fleet, { gateway: "oauth", ...options });
  await scene.past({ calls: 40, principal: "oauth:somebody" });
  const token = await fleet.issuer.sign({ aud: scene.resource, scope: "tools:call tools:list" });
  await scene.caller({ credential: token }).repeat(3, "search_tickets");
  return scene;
}

/** A caller with a token of these claims comes so often. */
export async function comeWith(scene: Scene, claims: Record<string, unknown>, times = 10): Promise<void> {
  const good = { aud: scene.resource, scope: "tools:call tools:list" };
  const token = await scene.fleet.issuer.sign({ ...good, ...claims });
  await scene.caller({ credential: token }).repeat(times, "search_tickets");
}

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** A desk behind keys whose app came in until a moment ago. */
async function keyedDesk(fleet: Fleet): Promise<Scene> {
  const scene = await openScene(fleet);
  await scene.past({ calls: 40 });
  await scene.caller().repeat(3, "search_tickets");
  return scene;
}

export const AUTH_FAULTS: readonly Fault[] = [
  {
    id: "token-expired",
    symptom: "auth_burst",
    expect: cause("token_expired"),
    isReduced: true,
    async inject(fleet) {
      const scene = await signedInDesk(fleet);
      await comeWith(scene, { exp: nowSeconds() - 600 });
      return scene.ask();
    },
  },
  {
    id: "token-of-other-audience",
    symptom: "auth_burst",
    expect: cause("token_audience"),
    async inject(fleet) {
      const scene = await signedInDesk(fleet);
      await comeWith(scene, { aud: "https://other.example/mcp" });
      return scene.ask();
    },
  },
  {
    id: "token-of-other-issuer",
    symptom: "auth_burst",
    expect: cause("token_issuer"),
    async inject(fleet) {
      const scene = await signedInDesk(fleet);
      await comeWith(scene, { iss: "https://login.other.example" });
      return scene.ask();
    },
  },
  {
    id: "scope-missing",
    symptom: "auth_burst",
    expect: cause("token_scope"),
    async inject(fleet) {
      const scene = await signedInDesk(fleet, { scopes: ["tools:call"] });
      await comeWith(scene, { scope: "tools:list" });
      return scene.ask();
    },
  },
  {
    id: "clock-skew",
    symptom: "auth_burst",
    expect: cause("clock_skew"),
    async inject(fleet) {
      const scene = await signedInDesk(fleet);
      await comeWith(scene, { nbf: nowSeconds() + 300, exp: nowSeconds() + 900 });
      return scene.ask();
    },
  },
  {
    id: "token-tampered",
    symptom: "auth_burst",
    expect: cause("token_invalid"),
    async inject(fleet) {
      const scene = await signedInDesk(fleet);
      const token = await fleet.issuer.sign({ aud: scene.resource });
      const [head = "", , signature = ""] = token.split(".");
      const claims = { iss: fleet.issuer.issuer, aud: scene.resource, sub: "admin", exp: nowSeconds() + 600 };
      const forged = `${head}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
      await scene.caller({ credential: forged }).repeat(10, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "issuer-away",
    symptom: "auth_burst",
    expect: cause("issuer_unreachable"),
    async inject(fleet) {
      const issuer = await startRealIssuer();
      const scene = await openScene(fleet, { gateway: "oauth" });
      await scene.past({ calls: 40, principal: "oauth:somebody" });
      issuer.isDown = true;
      await updateGateway(scene.ago(300), {
        gateway: scene.gateway?.id ?? "",
        authorizationServerUrl: issuer.issuer,
        jwksUrl: issuer.jwksUrl,
      });
      const token = await issuer.sign({ aud: scene.resource });
      await scene.caller({ credential: token }).repeat(10, "search_tickets");
      return { ...(await scene.ask()), undo: issuer.close };
    },
  },
  {
    id: "key-revoked",
    symptom: "auth_burst",
    expect: cause("key_revoked"),
    isReduced: true,
    async inject(fleet) {
      const scene = await keyedDesk(fleet);
      await revokeGatewayKey(scene.ctx, { gateway: scene.gateway?.id ?? "", key: scene.key?.id ?? "" });
      await scene.caller().repeat(10, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "key-expired",
    symptom: "auth_burst",
    expect: cause("key_expired"),
    async inject(fleet) {
      const scene = await keyedDesk(fleet);
      const expiresAt = new Date(Date.now() - 5 * 60_000).toISOString();
      const old = await createGatewayKey(scene.ago(600), {
        gateway: scene.gateway?.id ?? "",
        name: "Trial of a partner",
        expiresAt,
      });
      await scene.caller({ credential: old.secret, clientName: "partner" }).repeat(10, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "key-unknown",
    symptom: "auth_burst",
    expect: cause("key_unknown"),
    async inject(fleet) {
      const scene = await keyedDesk(fleet);
      const wrong = `${scene.key?.secret.slice(0, -4)}AAAA`;
      await scene.caller({ credential: wrong }).repeat(10, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "nothing-presented",
    symptom: "auth_burst",
    expect: cause("credentials_missing"),
    async inject(fleet) {
      const scene = await keyedDesk(fleet);
      await scene.caller({ credential: undefined }).repeat(10, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "direct-access-off",
    symptom: "auth_burst",
    expect: cause("direct_access_off"),
    async inject(fleet) {
      const scene = await openScene(fleet, { gateway: null });
      await scene.past({ calls: 40 });
      await scene.caller().repeat(3, "search_tickets");
      await updateServer(scene.ctx, { server: scene.server.id, directAccess: "off" });
      await scene.caller().repeat(10, "search_tickets");
      return scene.ask();
    },
  },
];
