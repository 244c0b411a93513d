/**
 * What grants allow: the one rule by which the gateway decides and by which people are told what they would get. What no
 * grant allows is denied. Browser-safe.
 */
import { compileToolPatterns, type ToolPatterns } from "./tool-patterns.ts";

/** A grant as far as it decides; the contract's `GrantSubject`. */
export interface GrantRule {
  readonly id: string;
  readonly subject:
    | { readonly kind: "everyone" }
    | { readonly kind: "key"; readonly keyId: string }
    | { readonly kind: "agent"; readonly agentId: string }
    | { readonly kind: "oauth_subject"; readonly subject: string }
    | { readonly kind: "oauth_claim"; readonly claim: string; readonly value: string };
  /** Null: every server. */
  readonly serverId: string | null;
  readonly tools: readonly string[];
  readonly callsPerMinuteMax: number | null;
  readonly concurrentMax: number | null;
}

/** A caller as far as grants speak of one. Those that grants know nothing about are let in by `everyone` alone. */
export interface GrantCaller {
  readonly kind: string;
  /** Of callers of kind `key`. */
  readonly keyId: string | null;
  /** Of agents. */
  readonly agentId?: string | null;
  /** Of callers of kind `oauth`: what their verified token says. */
  readonly claims: Readonly<Record<string, unknown>> | null;
}

interface CompiledGrant<Rule> {
  readonly entry: Rule;
  readonly patterns: ToolPatterns;
}

/** What one principal may do on one server. What no grant allows is denied. */
export interface ServerAccess<Rule extends GrantRule = GrantRule> {
  /** The most generous grant of all; null when none speaks of this principal and server. */
  readonly anyGrant: Rule | null;
  /** The most generous grant that allows the tool; null when none does. */
  grantOf(tool: string): Rule | null;
  /** Which tools the principal may see and call; null: all. */
  readonly toolFilter: ((tool: string) => boolean) | null;
  /** Patterns of its grants, for explanations. */
  readonly patterns: readonly string[];
}

/** The grants of one gateway, made ready to be asked for every request. */
class CompiledGrants<Rule extends GrantRule> {
  readonly #everyone: CompiledGrant<Rule>[] = [];
  readonly #byKey = new Map<string, CompiledGrant<Rule>[]>();
  readonly #byAgent = new Map<string, CompiledGrant<Rule>[]>();
  readonly #bySubject = new Map<string, CompiledGrant<Rule>[]>();
  /** Claim → value → grants. */
  readonly #byClaim = new Map<string, Map<string, CompiledGrant<Rule>[]>>();
  /** Answers for principals that are still in use. */
  readonly #known = new WeakMap<GrantCaller, Map<string, ServerAccess<Rule>>>();

  constructor(entries: readonly Rule[]) {
    for (const entry of [...entries].sort(byGenerosity)) {
      this.#add({ entry, patterns: compileToolPatterns(entry.tools) });
    }
  }

  #add(grant: CompiledGrant<Rule>): void {
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
        const values = this.#byClaim.get(subject.claim) ?? new Map<string, CompiledGrant<Rule>[]>();
        this.#byClaim.set(subject.claim, values);
        append(values, subject.value, grant);
        return;
      }
      case "agent":
        append(this.#byAgent, subject.agentId, grant);
        return;
    }
  }

  of(caller: GrantCaller, serverId: string): ServerAccess<Rule> {
    let servers = this.#known.get(caller);
    if (!servers) {
      servers = new Map();
      this.#known.set(caller, servers);
    }
    let access = servers.get(serverId);
    if (!access) {
      access = accessFrom(
        this.#of(caller).filter(({ entry }) => entry.serverId === null || entry.serverId === serverId),
      );
      servers.set(serverId, access);
    }
    return access;
  }

  #of({ kind, keyId, agentId, claims }: GrantCaller): CompiledGrant<Rule>[] {
    const found = new Set(this.#everyone);
    const addAll = (grants: readonly CompiledGrant<Rule>[] | undefined): void => {
      for (const grant of grants ?? []) found.add(grant);
    };
    if (kind === "key" && keyId !== null) addAll(this.#byKey.get(keyId));
    if (agentId) addAll(this.#byAgent.get(agentId));
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

function accessFrom<Rule extends GrantRule>(grants: readonly CompiledGrant<Rule>[]): ServerAccess<Rule> {
  const grantOf = (tool: string): Rule | null =>
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
function byGenerosity(left: GrantRule, right: GrantRule): number {
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

function append<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

const compiled = new WeakMap<object, unknown>();

/**
 * What `caller` may do on a server behind `gateway`. Pure; the gateway's grants are made ready once per object, and what is
 * known of a caller is remembered by its object.
 */
export function accessOf<Rule extends GrantRule>(
  gateway: { readonly grants: readonly Rule[] },
  caller: GrantCaller,
  serverId: string,
): ServerAccess<Rule> {
  // What a gateway was compiled to holds its own rules.
  let grants = compiled.get(gateway) as CompiledGrants<Rule> | undefined;
  if (!grants) {
    grants = new CompiledGrants(gateway.grants);
    compiled.set(gateway, grants);
  }
  return grants.of(caller, serverId);
}
