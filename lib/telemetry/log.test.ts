import { describe, expect, it } from "vitest";
import { createLog } from "./log.ts";
import { redact } from "./redact.ts";

const lines = (level: string, write: (log: ReturnType<typeof createLog>) => void) => {
  const written: string[] = [];
  write(createLog({ name: "test", level, destination: { write: (line) => void written.push(line) } }));
  return written;
};

describe("log", () => {
  it("writes one JSON object a line, with name, level and time", () => {
    const [line = ""] = lines("info", (log) => log.info({ part: "x" }, "hello"));
    expect(JSON.parse(line)).toMatchObject({ name: "test", level: "info", part: "x", msg: "hello" });
    expect(Number.isNaN(Date.parse(JSON.parse(line).time))).toBe(false);
  });

  it("keeps quiet below its level", () => {
    expect(lines("warn", (log) => log.info({}, "hello"))).toEqual([]);
  });

  it("never writes a secret, whatever way it comes in", () => {
    const secret = "hunter2-hunter2-hunter2";
    const text = lines("debug", (log) =>
      log.error(
        {
          password: secret,
          apiToken: secret,
          tokens: [secret],
          request: {
            headers: { Authorization: secret, "set-cookie": [secret], "x-mcpstack-internal": secret },
          },
          databaseUrl: `postgres://app:${secret}@127.0.0.1/app`,
          link: `http://127.0.0.1/setup?token=${secret}`,
          err: Object.assign(
            new Error(`bad header: Bearer ${secret}`, { cause: new Error(`x?secret=${secret}`) }),
            {
              clientSecret: secret,
            },
          ),
        },
        `Authorization: Bearer ${secret}`,
      ),
    ).join("");
    expect(text).toContain("[redacted]");
    expect(text).not.toContain(secret);
  });

  it("names a failed statement, never the values that it was given", () => {
    const secret = "scrypt$32768$8$3$salt$key";
    const query = 'insert into "users" ("password_hash") values ($1)';
    const failed = Object.assign(new Error(`Failed query: ${query}\nparams: ${secret}\n    at nowhere`), {
      query,
      params: [secret],
      cause: new Error("connect ECONNREFUSED"),
    });
    const text = JSON.stringify(redact({ err: failed }));
    expect(text).toContain("insert into");
    expect(text).toContain("ECONNREFUSED");
    expect(text).not.toContain("salt");
  });

  it("keeps what only sounds like a secret", () => {
    expect(redact({ tokenId: "key_1", tokenVersion: 3, tokens: 12, passwordChanged: true })).toEqual({
      tokenId: "key_1",
      tokenVersion: 3,
      tokens: 12,
      passwordChanged: true,
    });
  });

  it("says what an error was, and bounds what it is given", () => {
    const cyclic: Record<string, unknown> = { err: new TypeError("boom") };
    cyclic.self = cyclic;
    const safe = redact({
      ...cyclic,
      long: "x".repeat(100_000),
      many: Array.from({ length: 1_000 }, () => 1),
    });
    expect(safe).toMatchObject({ err: { name: "TypeError", message: "boom" } });
    expect(JSON.stringify(safe).length).toBeLessThan(60_000);
  });
});
