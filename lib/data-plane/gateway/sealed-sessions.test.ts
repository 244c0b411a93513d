import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerEntry } from "../directory/index.ts";
import type { Exchange } from "./exchange.ts";
import { createSealedSessions, type SessionContent } from "./sealed-sessions.ts";

const secret = new Uint8Array(32).fill(7);
const hosted = { id: "srv_hosted", kind: "hosted" } as ServerEntry;
const connected = { id: "srv_connected", kind: "connected" } as ServerEntry;
const version = { id: "ver_1", semver: "1.0.0", sha256: "ab".repeat(32) };
const content: SessionContent = {
  upstream: "their-session",
  principalId: "key:key_a",
  version,
  client: { name: "inspector", version: "1.0" },
};
const sessions = createSealedSessions({ secret, node: "node-a" });

const exchangeOf = (session: string | null, over: Partial<Exchange> = {}): Exchange =>
  ({
    server: hosted,
    session,
    principal: { kind: "key", id: "key:key_a", label: "key:key_a" },
    decision: null,
    version: null,
    client: null,
    upstreamSession: null,
    ...over,
  }) as unknown as Exchange;

describe("a sealed session id", () => {
  it("gives back what it was made from, on every node of the installation, and shows none of it", () => {
    const sealed = sessions.seal(connected, { ...content, version: null });
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed, "base64url").toString("latin1")).not.toContain("their-session");
    const exchange = exchangeOf(sealed, { server: connected });
    expect(createSealedSessions({ secret, node: "node-b" }).open(exchange)).toBeNull();
    expect(exchange).toMatchObject({
      upstreamSession: "their-session",
      client: content.client,
      version: null,
    });
  });

  it("keeps the version of a hosted server that opened it", () => {
    const exchange = exchangeOf(sessions.seal(hosted, content));
    expect(sessions.open(exchange)).toBeNull();
    expect(exchange.version).toEqual(version);
  });

  it("is of no use to another principal, who learns nothing about it", () => {
    const sealed = sessions.seal(hosted, content);
    const foreign = exchangeOf(sealed, {
      principal: { kind: "key", id: "key:key_b", label: "key:key_b" } as Exchange["principal"],
    });
    const unknown = exchangeOf("AAAA");
    expect(sessions.open(foreign)?.message).toBe(sessions.open(unknown)?.message);
    expect(foreign.decision).toMatchObject({ reason: "session_of_other_principal", principal: "key:key_b" });
    expect(foreign.upstreamSession).toBeNull();
    expect(JSON.stringify(foreign.decision)).not.toContain(sealed);
  });

  it.each<[string, (sealed: string) => Exchange]>([
    ["garbage", () => exchangeOf("not a session!")],
    ["nothing in it", () => exchangeOf("")],
    ["far too long", () => exchangeOf("A".repeat(limits.mcp.sessionIdCharactersMax + 1))],
    ["cut", (sealed) => exchangeOf(sealed.slice(0, -4))],
    ["changed", (sealed) => exchangeOf(`${sealed.startsWith("A") ? "B" : "A"}${sealed.slice(1)}`)],
    ["padded", (sealed) => exchangeOf(`${sealed}=`)],
    ["of another server", (sealed) => exchangeOf(sealed, { server: { ...hosted, id: "srv_other" } })],
    ["of another version's URL", (sealed) => exchangeOf(sealed, { version: { ...version, id: "ver_2" } })],
  ])("is unknown when it is %s", (_what, exchangeFor) => {
    const exchange = exchangeFor(sessions.seal(hosted, content));
    expect(sessions.open(exchange)).toMatchObject({ code: "not_found" });
    expect(exchange.decision).toMatchObject({ reason: "session_unknown" });
    expect(exchange.upstreamSession).toBeNull();
  });

  it("is unknown under another secret, and on another node when its server is hosted", () => {
    const sealed = sessions.seal(hosted, content);
    const elsewhere = createSealedSessions({ secret, node: "node-b" });
    const foreign = createSealedSessions({ secret: new Uint8Array(32), node: "node-a" });
    for (const other of [elsewhere, foreign]) {
      expect(other.open(exchangeOf(sealed))).toMatchObject({ code: "not_found" });
    }
    expect(sessions.open(exchangeOf(sealed))).toBeNull();
  });

  it.each([["x".repeat(limits.mcp.upstreamSessionIdCharactersMax + 1)], ["with space"], ["ünicode"], [""]])(
    "is not made of what a server must not use as one",
    (upstream) => {
      expect(() => sessions.seal(hosted, { ...content, upstream })).toThrow("cannot be used");
    },
  );

  it("stays within its bound whatever the server and the client put into it", () => {
    const sealed = sessions.seal(hosted, {
      upstream: "x".repeat(limits.mcp.upstreamSessionIdCharactersMax),
      principalId: `oauth:${"p".repeat(5_000)}`,
      version: { ...version, semver: "1.0.0-".padEnd(64, "a") },
      client: { name: "漢".repeat(500), version: "\u0000".repeat(500) },
    });
    expect(sealed.length).toBeLessThanOrEqual(limits.mcp.sessionIdCharactersMax);
    const exchange = exchangeOf(sealed, {
      principal: { kind: "oauth", id: `oauth:${"p".repeat(5_000)}`, label: "" } as Exchange["principal"],
    });
    expect(sessions.open(exchange)).toBeNull();
  });
});
