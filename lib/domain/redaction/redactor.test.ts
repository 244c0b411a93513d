import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computingMs } from "#lib/testing/computing-time.ts";
import { createMark, createRedactor, withoutHalfSecret } from "./redactor.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const glue = (...parts: string[]): string => parts.join("");
const JWT = glue(
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
  ".eyJzdWIiOiIxMjM0NTY3ODkwIn0",
  ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
);
const KEY_BODY =
  "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3S";
const PRIVATE_KEY = glue("-----BEGIN ", "PRIVATE KEY-----\n", KEY_BODY, "\n-----END ", "PRIVATE KEY-----");

const mark = createMark("a key of this test");
const redact = createRedactor(["s3cret-of-the-server", 'quo"ted\\value', "a b&c=d/é!", "short"], mark);

/** The text, and the part of it that nobody may see. */
const SECRETS: [name: string, text: string, secret: string][] = [
  ["bearer header", "Authorization: Bearer abc123def456ghi789", "abc123def456ghi789"],
  ["bearer in prose", "sending bearer 9f8e7d6c5b4a39281706 to upstream", "9f8e7d6c5b4a39281706"],
  ["basic header", "authorization: Basic dXNlcjpwYXNzd29yZDE=", "dXNlcjpwYXNzd29yZDE="],
  ["other scheme", "Authorization: token 0123456789abcdefabcd", "0123456789abcdefabcd"],
  ["jwt", `session ${JWT} refreshed`, "dozjgNryP4J3jVmNHl0w5N"],
  ["jwt in a query", `GET /cb?code=1&id=${JWT}`, "eyJzdWIiOiIxMjM0NTY3ODkwIn0"],
  ["jwt behind other words", `session.token-of.user-${JWT}.`, "eyJzdWIiOiIxMjM0NTY3ODkwIn0"],
  ["second of two jwts", `${JWT},${JWT.replace("dozj", "zzzz")}`, "zzzzgNryP4J3jVmNHl0w5N"],
  ["encrypted jwt", `${JWT}.encrypted-part.tag-of-it`, "tag-of-it"],
  ["aws key", glue("using AKIA", "IOSFODNN7EXAMPLE now"), glue("AKIA", "IOSFODNN7EXAMPLE")],
  [
    "google key",
    glue("key AIza", "SyA1234567890abcdefghijklmnopqrstuvw"),
    "SyA1234567890abcdefghijklmnopqrstuvw",
  ],
  [
    "github token",
    glue("clone with ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"),
    "16C7e42F292c6912E7710c838347Ae178B4a",
  ],
  [
    "github fine-grained",
    glue("github_pat_", "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz"),
    "abcdefghijkl_mnopqrstuvwxyz",
  ],
  ["gitlab token", glue("glpat-", "xyzXYZ123456789abcde"), "xyzXYZ123456789abcde"],
  ["openai key", glue("sk-", "proj-abcDEF123456789abcDEF123456789"), "abcDEF123456789abcDEF123456789"],
  ["stripe key", glue("sk_", "live_abcdefghijklmnopqrstuvwx"), "abcdefghijklmnopqrstuvwx"],
  ["slack token", glue("xoxb-", "123456789012-abcdefABCDEF"), "123456789012-abcdefABCDEF"],
  [
    "slack hook",
    glue("POST https://hooks.slack.com/services/", "T000/B000/XXXXXXXXXXXXXXXXXXXXXXXX"),
    "XXXXXXXXXXXXXXXXXXXXXXXX",
  ],
  ["npm token", glue("npm_", "abcdefghijklmnopqrstuvwxyz0123456789"), "abcdefghijklmnopqrstuvwxyz0123456789"],
  ["sendgrid key", glue("SG.", "abcdefghijklmnopqrst.uvwxyz0123456789abcdef"), "uvwxyz0123456789abcdef"],
  [
    "own api token",
    glue("mcpstack_sk_", "abcdefghijklmnopqrstuvwxyz012345"),
    "abcdefghijklmnopqrstuvwxyz012345",
  ],
  [
    "private key",
    `loaded ${PRIVATE_KEY} ok`,
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
  ],
  ["private key without end", PRIVATE_KEY.slice(0, 120), "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj"],
  ["url credentials", "connect postgres://app:hunter2pw@db.internal:5432/app", "hunter2pw"],
  ["json field", '{"user":"ann","password":"correct horse"}', "correct horse"],
  ["escaped json", 'body: "{\\"password\\":\\"correct-horse\\"}"', "correct-horse"],
  ["inspected object", "{ user: 'ann', apiKey: 'abcdef-123' }", "abcdef-123"],
  ["environment style", "DB_PASSWORD=letmein STRIPE_SECRET_KEY=shh-9 ok", "letmein"],
  ["second of two", "DB_PASSWORD=letmein STRIPE_SECRET_KEY=shh-9 ok", "shh-9"],
  ["named in prose", "Using API key: k-9f8e7d6c", "k-9f8e7d6c"],
  ["query string", "GET /v1?page=2&access_token=abcd1234&x=1", "abcd1234"],
  ["arrow", "client_secret => 'abc-def-ghi'", "abc-def-ghi"],
  ["template", "secret=`abc def`", "abc def"],
  ["unclosed quote", 'password: "never closed', "never closed"],
  ["cookie header", "Cookie: sid=abcdef; theme=dark", "sid=abcdef"],
  ["set-cookie", "set-cookie: sid=s%3Aabc; Path=/; HttpOnly", "s%3Aabc"],
  ["visa card", "paid with 4111 1111 1111 1111 today", "1111 1111"],
  ["amex card", "card=378282246310005.", "378282246310005"],
  ["known secret", "value is s3cret-of-the-server!", "s3cret-of-the-server"],
  [
    "known secret in JSON",
    JSON.stringify({ v: 'quo"ted\\value' }),
    JSON.stringify('quo"ted\\value').slice(1, -1),
  ],
  [
    "known secret in JSON within a message that is JSON",
    JSON.stringify({ text: JSON.stringify({ env: 'quo"ted\\value' }) }),
    "value",
  ],
  ["known secret in a form", new URLSearchParams({ v: "a b&c=d/é!" }).toString(), "a+b"],
  ["known secret in a URL", `GET /?v=${encodeURIComponent("a b&c=d/é!")}`, encodeURIComponent("a b&c=d/é!")],
  ["known secret twice", "s3cret-of-the-server,s3cret-of-the-server", "s3cret-of-the-server"],
];

/** Ordinary lines, many of which look a little like a secret. */
const ORDINARY = [
  "[INFO] POST https://support.example.com/mcp?x=1 received in 12ms",
  '[INFO] Tool: refund_order, Params: {"orderId":"ord_12345","amount":12.5,"reason":"damaged in transit"}',
  "[DEBUG] API_KEY present: true",
  "[ERROR] API_KEY not configured",
  "[DEBUG] cache key user:1234 hit ratio 0.93, tokens used: 812",
  "maxTokens: 4096, total_tokens=1200, token: 17",
  "[ERROR] Failed to parse request: Unexpected token < in JSON at position 0\n    at JSON.parse (<anonymous>)",
  "Request 0199a7d0-1234-7abc-8def-001122334455 done, ts=1795189318675 duration=134ms",
  "order 4111111111111112 and tracking number 1Z999AA10123456784",
  "timestamps 1795189318675 1795189318676, snowflake 1234567890123456789",
  "authorization: missing",
  "Authorization header required for this tool",
  "password: required",
  "token: expired",
  "secret=null password=undefined apiKey=***",
  "bearer authentication failed",
  "Basic auth is not supported",
  "the key: value pairs were sorted",
  "primary key=42 duplicate",
  "password reset mail sent to ann@example.com",
  "mailto:ann@example.com http://example.com:8080/path@v2",
  "fetch https://example.com/a:b@c",
  glue("using $", "{API_TOKEN} from $TOKEN, token=$TOKEN, token=process.env.TOKEN"),
  "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "eyJ is how base64 JSON begins",
  "sk-1 risk_score=9 task_id=t-1234567890",
  "short is a word that stays: short",
  "cookies accepted: yes",
  "secretary: Ann Example",
  "tokenizer: cl100k_base loaded",
  "x".repeat(500),
];

describe("redaction", () => {
  test.each(SECRETS)("takes out the %s [log.env.secret-values]", (_name, text, secret) => {
    const seen = redact(text);
    expect(seen).not.toContain(secret);
    expect(seen).toMatch(/\[redacted:[a-z-]+#[0-9a-f]{4}\]/);
    expect(redact(seen), "what is redacted stays as it is").toBe(seen);
  });

  test("leaves ordinary lines alone", () => {
    expect(ORDINARY.map(redact)).toEqual(ORDINARY);
  });

  test("keeps what stands around a secret", () => {
    expect(redact("connect postgres://app:hunter2pw@db/app now")).toMatch(
      /^connect postgres:\/\/app:\[redacted:url-password#[0-9a-f]{4}\]@db\/app now$/,
    );
    expect(redact('{"password":"x y","next":1}')).toMatch(
      /^\{"password":"\[redacted:value#[0-9a-f]{4}\]","next":1\}$/,
    );
  });

  test("keeps JSON readable where a secret was a number, a list or an object", () => {
    const line = '{"apiKey":12345678,"secrets":["a-b-c","d"],"credentials":{"user":"ann"},"next":[1]}';
    const seen = JSON.parse(redact(line)) as Record<string, unknown>;
    expect(seen.next).toEqual([1]);
    for (const name of ["apiKey", "secrets", "credentials"]) expect(seen[name]).toMatch(/^\[redacted:value#/);
  });

  test("marks equal secrets equally, different ones differently, and differently in another installation", () => {
    const other = createRedactor([], createMark("another key"));
    const [one, same, two] = ["password=abc1", "password=abc1", "password=abc2"].map(redact);
    expect(one).toBe(same);
    expect(one).not.toBe(two);
    expect(other("password=abc1")).not.toBe(one);
  });

  test("a known secret never shows, wherever it stands and whatever stands around it", () => {
    const around = fc.string({ unit: "grapheme", maxLength: 30 });
    fc.assert(
      fc.property(around, around, (before, after) => {
        expect(redact(`${before}s3cret-of-the-server${after}`)).not.toContain("s3cret-of-the-server");
      }),
    );
  });

  test("takes linear time, not seconds, on texts made to hurt patterns", () => {
    const nasty = [
      '"password":"',
      "://a:",
      "eyJ",
      "-eyJ",
      "eyJ-aaaaaaaa-",
      "1 ",
      "4-",
      "-----BEGIN PRIVATE KEY-----",
      "bearer ",
      "token=",
      'token="\\',
      "cookie:",
      "passwordpassword",
      "secret ",
      "\\\\\\",
      'token:{"',
      "token:[",
      'secret:{"type":"string",',
      'name:"token",value:',
      '\\"password\\":\\"\\\\',
    ];
    for (const part of nasty) {
      const text = part.repeat(Math.ceil(14_336 / part.length));
      expect(
        computingMs(() => redact(text)),
        part,
      ).toBeLessThan(500);
    }
  });
});

describe("a text that was cut", () => {
  const secret = "0123456789".repeat(10);
  test("does not end with the beginning of a known secret", () => {
    expect(withoutHalfSecret(`abc ${secret.slice(0, 60)}`, [secret], 50)).toBe("abc ");
    expect(withoutHalfSecret(`abc ${secret.slice(0, 50)}`, [secret], 50)).toBe("abc ");
    expect(withoutHalfSecret(`abc ${secret} d`, [secret], 50)).toBe(`abc ${secret} d`);
    expect(withoutHalfSecret("abc", [secret, ""], 50)).toBe("abc");
  });
});
