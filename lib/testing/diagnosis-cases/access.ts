import { collected } from "../healthy-evidence.ts";
import { type Case, one } from "./case.ts";
import { AT, all, denied, few, inside } from "./changes.ts";

/** Callers get 401 and 403. */
export const ACCESS_CASES: readonly Case[] = [
  one("tokens expired", "auth_burst", denied("token_expired"), "token_expired"),
  one(
    "a key was revoked",
    "auth_burst",
    all(denied("key_revoked"), (e) => {
      e.gateway.keys = collected([
        { id: "key_2", name: "Partner", event: "revoked" as const, at: AT, ownerId: "gw_1" },
      ]);
    }),
    "key_revoked",
  ),
  one(
    "a partner's key was revoked while thousands of others come in",
    "auth_burst",
    all(few(5_000), denied("key_revoked", 40)),
    "key_revoked",
  ),
  one(
    "many come without anything while thousands of others come in",
    "auth_burst",
    all(few(5_000), denied("credentials_missing", 200)),
    "credentials_missing",
  ),
  one("a key expired", "auth_burst", denied("key_expired"), "key_expired"),
  one("a key is not known", "auth_burst", denied("key_unknown"), "key_unknown"),
  one("clients bring nothing", "auth_burst", denied("credentials_missing"), "credentials_missing"),
  one("a clock is wrong", "auth_burst", denied("token_not_yet_valid"), "clock_skew"),
  one("tokens are for something else", "auth_burst", denied("token_audience_mismatch"), "token_audience"),
  one("tokens are of another issuer", "auth_burst", denied("token_issuer_mismatch"), "token_issuer"),
  one("tokens lack a scope", "auth_burst", denied("token_scope_missing"), "token_scope"),
  one("tokens are forged", "auth_burst", denied("token_signature_invalid"), "token_invalid"),
  one("the issuer is away", "auth_burst", denied("issuer_unreachable"), "issuer_unreachable"),
  one("direct access is off", "auth_burst", denied("direct_access_off"), "direct_access_off"),
  one(
    "direct access is off, and no gateway is there",
    null,
    (e) => {
      Object.assign(inside(e.hosting.urls), { gatewayUrl: null, gatewayId: null, gatewayAccess: [] });
    },
    "direct_access_off",
  ),
];
