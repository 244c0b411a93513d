import type { GatewayEntry, GrantEntry } from "../../directory/index.ts";
import type { Principal } from "../exchange.ts";
import { compileToolPatterns, type ToolPatterns } from "./tool-pattern.ts";

interface CompiledGrant {
  readonly entry: GrantEntry;
  readonly patterns: ToolPatterns;
}

/** What one principal may do on one server. What no grant allows is denied. */
export interface ServerAccess {
  /** The most generous grant of all; null when none speaks of this principal and server. */
  readonly anyGrant: GrantEntry | null;
  /** The most generous grant that allows the tool; null when none does. */
  grantOf(tool: string): GrantEntry | null;
  /** Which tools the principal may see and call; null: all. */
  readonly toolFilter: ((tool: string) => boolean) | null;
  /** Patterns of its grants, for explanations. */
  readonly patterns: readonly string[];
}

/** The grants of one gateway, made ready to be asked for every request. */
class CompiledGrants {
  readonly #everyone: CompiledGrant[] = [];
  readonly #byKey = new Map<string, CompiledGrant[]>();
  readonly #bySubject = new Map<string, CompiledGrant[]>();
  /** Claim → value → grants. */
  readonly #byClaim = new Map<string, Map<string, CompiledGrant[]>>();
  /** Answers for principals that are still in use. */
  readonly #known = new WeakMap<Principal, Map<string, ServerAccess>>();

  constructor(entries: readonly GrantEntry[]) {
    for (const entry of [...entries].sort(byGenerosity)) {
      this.#add({ entry, patterns: compileToolPatterns(entry.tools) });
    }
  }

  #add(grant: CompiledGrant): void {
    const { subject } = grant.entry;
    switch (subject.kind) {
      case "everyone":
        this.#everyone.push(grant);
        return;
      case "key":
        append(this.#byKey, subject.keyId, grant);
        return;
      case "oauth_subject":
        append(this.#bySubject, subject.subject, grant);
        return;
      case "oauth_claim": {
        const values = this.#byClaim.get(subject.claim) ?? new Map<string, CompiledGrant[]>();
        this.#byClaim.set(subject.claim, values);
        append(values, subject.value, grant);
        return;
      }
      // Nobody is an agent here: agents prove themselves with keys of their own.
      case "agent":
        return;
    }
  }

  of(principal: Principal, serverId: string): ServerAccess {
    let servers = this.#known.get(principal);
    if (!servers) {
      servers = new Map();
      this.#known.set(principal, servers);
    }
    let access = servers.get(serverId);
    if (!access) {
      access = accessFrom(
        this.#of(principal).filter(({ entry }) => entry.serverId === null || entry.serverId === serverId),
      );
      servers.set(serverId, access);
    }
    return access;
  }

  #of({ kind, keyId, claims }: Principal): CompiledGrant[] {
    const found = new Set(this.#everyone);
    const addAll = (grants: readonly CompiledGrant[] | undefined): void => {
      for (const grant of grants ?? []) found.add(grant);
    };
    if (kind === "key" && keyId !== null) addAll(this.#byKey.get(keyId));
    if (kind === "oauth" && claims) {
      if (typeof claims.sub === "string") addAll(this.#bySubject.get(claims.sub));
      for (const [claim, values] of this.#byClaim) {
        for (const value of valuesOfClaim(claims, claim)) addAll(values.get(value));
      }
    }
    return [...found].sort((left, right) => byGenerosity(left.entry, right.entry));
  }
}

/**
 * The values that a grant may name: the claim itself or each item of a list. `scope` is a list written as one text. A
 * claim's name is one key of the token, or a path of keys with dots.
 */
function valuesOfClaim(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : valueAtPath(claims, claim);
  if (typeof value === "string") return claim === "scope" ? [value, ...value.split(" ")] : [value];
  if (typeof value === "number" || typeof value === "boolean") return [String(value)];
  if (Array.isArray(value)) return value.filter((item) => typeof item === "string");
  return [];
}

function valueAtPath(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = claims;
  for (const key of path.split(".")) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function accessFrom(grants: readonly CompiledGrant[]): ServerAccess {
  const grantOf = (tool: string): GrantEntry | null =>
    grants.find(({ patterns }) => patterns.matches(tool))?.entry ?? null;
  const all = compileToolPatterns(grants.flatMap(({ entry }) => entry.tools));
  return {
    anyGrant: grants[0]?.entry ?? null,
    grantOf,
    toolFilter: all.matchesAll ? null : all.matches,
    patterns: [...new Set(grants.flatMap(({ entry }) => entry.tools))],
  };
}

/** Without a limit before with one, more calls before fewer; the older grant among equals. */
function byGenerosity(left: GrantEntry, right: GrantEntry): number {
  return (
    compareMax(left.callsPerMinuteMax, right.callsPerMinuteMax) ||
    compareMax(left.concurrentMax, right.concurrentMax) ||
    (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
  );
}

const compareMax = (left: number | null, right: number | null): number => {
  if (left === right) return 0;
  if (left === null) return -1;
  return right === null ? 1 : right - left;
};

function append(map: Map<string, CompiledGrant[]>, key: string, grant: CompiledGrant): void {
  const list = map.get(key);
  if (list) list.push(grant);
  else map.set(key, [grant]);
}

const compiled = new WeakMap<GatewayEntry, CompiledGrants>();

/** What `principal` may do on a server behind `gateway`. Pure; the gateway's grants are made ready once per entry. */
export function accessOf(gateway: GatewayEntry, principal: Principal, serverId: string): ServerAccess {
  let grants = compiled.get(gateway);
  if (!grants) {
    grants = new CompiledGrants(gateway.grants);
    compiled.set(gateway, grants);
  }
  return grants.of(principal, serverId);
}
