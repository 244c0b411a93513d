import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, environmentOf, loadConfig } from "./index.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), "mcpstack-config-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const load = (env: Record<string, string> = {}) => loadConfig({ MCPSTACK_DATA_DIR: dataDir, ...env });
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe("loadConfig", () => {
  it("needs nothing: a local instance with the sample and an embedded database", () => {
    expect(load()).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      publicUrl: "http://127.0.0.1:3000",
      databaseUrl: null,
      redisUrl: null,
      sample: true,
      allowPrivateUpstreams: false,
      trustProxy: false,
    });
  });

  it("counts an empty variable as not set", () => {
    expect(load({ PORT: "", DATABASE_URL: "" })).toMatchObject({ port: 3000, databaseUrl: null });
  });

  it("runs no sample on somebody's own database unless told to", () => {
    const DATABASE_URL = "postgres://u:p@db/app";
    expect(load({ DATABASE_URL }).sample).toBe(false);
    expect(load({ DATABASE_URL, MCPSTACK_SAMPLE: "on" }).sample).toBe(true);
    expect(load({ MCPSTACK_SAMPLE: "off" }).sample).toBe(false);
  });

  it("sells credits only with a key and the secret of its webhooks, and never sends the key anywhere but to Stripe", () => {
    const STRIPE_SECRET_KEY = "sk_test_0123456789";
    const STRIPE_WEBHOOK_SECRET = "whsec_0123456789";
    expect(load().stripe).toBeNull();
    expect(load({ STRIPE_WEBHOOK_SECRET }).stripe).toBeNull();
    expect(problemsOf({ STRIPE_SECRET_KEY })[0]).toMatch(/needs STRIPE_WEBHOOK_SECRET/);
    const rotating = {
      STRIPE_SECRET_KEY,
      STRIPE_WEBHOOK_SECRET,
      STRIPE_WEBHOOK_SECRET_NEXT: "whsec_9876543210",
    };
    const config = load(rotating);
    expect(config.stripe).toEqual({
      secretKey: STRIPE_SECRET_KEY,
      webhookSecrets: [STRIPE_WEBHOOK_SECRET, rotating.STRIPE_WEBHOOK_SECRET_NEXT],
      apiBase: null,
    });
    expect(loadConfig(environmentOf(config)).stripe).toEqual(config.stripe);
    for (const base of ["https://evil.example", "http://127.0.0.1:1/path", "http://10.0.0.1:80", "x"])
      expect(problemsOf({ ...rotating, STRIPE_API_BASE: base })[0]).toMatch(/^STRIPE_API_BASE /);
    expect(problemsOf({ ...rotating, STRIPE_SECRET_KEY: "pk_test_0123456789" })[0]).toMatch(
      /^STRIPE_SECRET_KEY /,
    );
  });

  it("says everything that is wrong at once, by the name of the variable", () => {
    const problems = problemsOf({
      PORT: "70000",
      DATABASE_URL: "mysql://db",
      REDIS_URL: "http://redis",
      MCPSTACK_PUBLIC_URL: "http://example.com/path",
      MCPSTACK_EGRESS_HOSTS: "tickets=127.0.0.1",
      MCPSTACK_MCP_ORIGINS: "https://app.example.com/path",
      MCPSTACK_SECRET_ENCRYPTION: "short",
      MCPSTACK_LOG_LEVEL: "loud",
      MCPSTACK_CONTROL_LISTEN: "0.0.0.0:7001",
    });
    for (const name of [
      "PORT",
      "DATABASE_URL",
      "REDIS_URL",
      "MCPSTACK_PUBLIC_URL",
      "MCPSTACK_EGRESS_HOSTS",
      "MCPSTACK_MCP_ORIGINS",
      "MCPSTACK_SECRET_ENCRYPTION",
      "MCPSTACK_LOG_LEVEL",
      "MCPSTACK_CONTROL_LISTEN",
    ]) {
      expect(problems.some((problem) => problem.startsWith(`${name} `))).toBe(true);
    }
    expect(problems).toHaveLength(9);
  });

  it("listens for other machines only with a secret that they can share", () => {
    const MCPSTACK_CONTROL_LISTEN = "[fd00::5]:7001";
    expect(problemsOf({ MCPSTACK_CONTROL_LISTEN })[0]).toMatch(/needs MCPSTACK_SECRET_INTERNAL/);
    const config = load({ MCPSTACK_CONTROL_LISTEN, MCPSTACK_SECRET_INTERNAL: "i".repeat(32) });
    expect(config.controlListen).toEqual({ host: "fd00::5", port: 7001 });
    for (const wrong of ["7001", "host", "host:0", "host:99999", ":7001", "[::]:7001"])
      expect(problemsOf({ MCPSTACK_CONTROL_LISTEN: wrong }), wrong).toHaveLength(1);
  });

  it("gives a child process the same configuration through the environment", () => {
    const config = load({
      PORT: "4000",
      HOST: "::1",
      MCPSTACK_PUBLIC_URL: "https://mcp.example.com/",
      MCPSTACK_EGRESS_HOSTS: "tickets.internal=127.0.0.1:9000, b=[::1]:80",
      MCPSTACK_MCP_ORIGINS: "https://app.example.com, http://10.0.0.1:8080",
      DATABASE_URL: "postgres://u:p@db/app",
      REDIS_URL: "rediss://:p@redis:6380/1",
      MCPSTACK_SAMPLE_TRAFFIC: "off",
      MCPSTACK_CONTROL_LISTEN: "[fd00::5]:7001",
      MCPSTACK_SECRET_INTERNAL: "i".repeat(32),
    });
    expect(config.publicUrl).toBe("https://mcp.example.com");
    expect(config.egressHosts).toEqual({ "tickets.internal": "127.0.0.1:9000", b: "[::1]:80" });
    expect(config.mcpOrigins).toEqual(["https://app.example.com", "http://10.0.0.1:8080"]);
    expect(loadConfig(environmentOf(config))).toEqual(config);
  });

  it("makes the secrets once, readable by this user only", () => {
    const first = load();
    expect(load().secrets).toEqual(first.secrets);
    expect(first.secrets.encryption).toHaveLength(32);
    expect(statSync(path.join(dataDir, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  it("prefers the secrets that the operator sets", () => {
    const auth = "a".repeat(32);
    const secrets = load({ MCPSTACK_SECRET_AUTH: auth, MCPSTACK_SECRET_ENCRYPTION: "0f".repeat(32) }).secrets;
    expect(secrets.auth).toBe(auth);
    expect([...secrets.encryption]).toEqual(Array.from({ length: 32 }, () => 0x0f));
  });

  it("does not replace damaged secrets: what they sealed would be lost", () => {
    writeFileSync(path.join(dataDir, "secrets.json"), "{");
    expect(problemsOf({})[0]).toMatch(/secrets\.json is damaged/);
  });

  it("keeps socket paths short enough for the system, and private", () => {
    const deep = path.join(dataDir, "a-rather-long-directory-name", "and-another-one-below-it", "data");
    const config = loadConfig({ MCPSTACK_DATA_DIR: deep });
    expect(Buffer.byteLength(config.webSocketPath)).toBeLessThan(90);
    expect(config.runDir.startsWith(deep)).toBe(false);
    expect(loadConfig({ MCPSTACK_DATA_DIR: deep }).runDir).toBe(config.runDir);
    expect(statSync(config.runDir).mode & 0o777).toBe(0o700);
    chmodSync(config.runDir, 0o755);
    loadConfig({ MCPSTACK_DATA_DIR: deep });
    expect(statSync(config.runDir).mode & 0o777).toBe(0o700);
    rmSync(config.runDir, { recursive: true });
  });
});
