/**
 * What redaction is measured by: secrets as services make them, in the places where programs log them, and lines as
 * programs write them every day, many of which look a little like a secret. Secrets are put together from parts, so that
 * no scanner takes this file for a leak.
 */

const glue = (...parts: string[]): string => parts.join("");
const HEX = "9f86d081884c7d659a2feaa0c55ad015";
const WORDS = "Zk3vQ9xLm2Tn8RwYb5Hc";

/** Found by their looks, wherever they stand. */
export const TOKENS: Readonly<Record<string, string>> = {
  jwt: glue(
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    ".eyJzdWIiOiIxMjM0NTY3ODkwIn0",
    ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
  ),
  "aws access key": glue("AKIA", "IOSFODNN7EXAMPLE"),
  "aws session key": glue("ASIA", "Y34FZKBOKMUTVV7A"),
  google: glue("AIza", "SyA1234567890abcdefghijklmnopqrstuvw"),
  "google oauth": glue("ya29.", "a0AfH6SMBx-1234567890abcdefghij"),
  github: glue("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"),
  "github oauth": glue("gho_", "16C7e42F292c6912E7710c838347Ae178B4a"),
  "github fine-grained": glue("github_pat_", "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz"),
  gitlab: glue("glpat-", "xyzXYZ123456789abcde"),
  openai: glue("sk-", "proj-abcDEF123456789abcDEF123456789"),
  anthropic: glue("sk-", "ant-api03-abcDEF123456789abcDEF123456789"),
  stripe: glue("sk_", "live_abcdefghijklmnopqrstuvwx"),
  "stripe hook": glue("whsec_", "abcdefghijklmnopqrstuvwxyz012345"),
  slack: glue("xoxb-", "123456789012-abcdefABCDEF"),
  sendgrid: glue("SG.", "abcdefghijklmnopqrst.uvwxyz0123456789abcdef"),
  npm: glue("npm_", "abcdefghijklmnopqrstuvwxyz0123456789"),
  shopify: glue("shpat_", HEX),
  huggingface: glue("hf_", "abcdefghijklmnopqrstuvwxyzABCDEFGH"),
  digitalocean: glue("dop_v1_", HEX, HEX),
  vault: glue("hvs.", "CAESIJ1234567890abcdefghijklmnopqrstuv"),
  linear: glue("lin_api_", "abcdefghijklmnopqrstuvwxyz0123456789ABCD"),
  notion: glue("ntn_", "123456789012abcdefghijklmnopqrstuvwxyz"),
  supabase: glue("sbp_", HEX, "01234567"),
  sentry: glue("sntrys_", "eyJpYXQiOjE2ODc3ODAxMjMuNDU2fQ_abcdefghijklmnop"),
  grafana: glue("glsa_", "abcdefghijklmnopqrstuvwxyzABCDEF_01234567"),
  "new relic": glue("NRAK-", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0"),
  databricks: glue("dapi", HEX),
  docker: glue("dckr_pat_", "abcdefghijklmnopqrstuvwxyz0"),
  atlassian: glue("ATATT3", "xFfGF0abcdefghijklmnopqrstuvwxyz0123456789"),
  telegram: glue("1234567890:AA", "Hdqw-1234567890abcdefghijklmnopqrs"),
  "own token": glue("mcpstack_sk_", "abcdefghijklmnopqrstuvwxyz012345"),
};

/** Places of which none says what it holds. */
export const PLACES: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `using ${secret} for the upstream`,
  (secret) => `GET https://api.example.com/v1/items?k=${secret}&page=2 200`,
  (secret) => JSON.stringify({ level: "info", data: { value: secret, n: 1 } }),
  (secret) => JSON.stringify({ body: JSON.stringify({ value: secret }) }),
  (secret) => `{ value: '${secret}', retries: 3 }`,
  (secret) => `value=${secret} retries=3`,
  (secret) => `first line\n  at fetch (${secret})\nlast line`,
  (secret) => `["${secret}","other"]`,
];

/** Found by the names before them only. */
export const VALUES: readonly string[] = [
  WORDS,
  HEX,
  "hunter2pw!",
  "correct-horse-battery",
  "p@ss/w0rd+1",
  "dXNlcjpwYXNzd29yZDE=",
  "0f8fad5b-d9cb-469f-a165-70867728950e",
];

export const NAMES: readonly string[] = [
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "db_password",
  "userPassword",
  "secret",
  "client_secret",
  "clientSecret",
  "token",
  "access_token",
  "refreshToken",
  "id_token",
  "sessionToken",
  "apiKey",
  "api_key",
  "x-api-key",
  "API-KEY",
  "accessKey",
  "secretAccessKey",
  "private_key",
  "signing_key",
  "encryptionKey",
  "authorization",
  "Proxy-Authorization",
  "connectionString",
  "credentials",
  "STRIPE_SECRET_KEY",
  "cookie",
  "set-cookie",
];

const escaped = (value: unknown, times: number): string =>
  times === 0 ? JSON.stringify(value) : JSON.stringify({ body: escaped(value, times - 1) });

/** How a named value is logged. */
export const FORMS: readonly ((name: string, value: string) => string)[] = [
  (name, value) => JSON.stringify({ user: "ann", [name]: value, next: 1 }),
  (name, value) => JSON.stringify({ user: "ann", [name]: value }, null, 2),
  (name, value) => `Params: ${JSON.stringify({ a: { b: [{ [name]: value }] } })}`,
  (name, value) => escaped({ [name]: value, next: 1 }, 1),
  (name, value) => escaped({ [name]: value, next: 1 }, 2),
  (name, value) => escaped({ deep: { [name]: value } }, 3),
  (name, value) => JSON.stringify({ [name]: [value, value] }),
  (name, value) => JSON.stringify({ [name]: { current: value, previous: null } }),
  (name, value) => escaped({ [name]: [value] }, 1),
  (name, value) => `{ user: 'ann', '${name}': '${value}' }`,
  (name, value) => `Map(1) { '${name}' => '${value}' }`,
  (name, value) => JSON.stringify([{ name, value }]),
  (name, value) => JSON.stringify({ headers: [{ key: name, value, enabled: true }] }),
];

/** How a value of a plain name is logged as text; not every name is written so. */
export const TEXT_FORMS: readonly ((name: string, value: string) => string)[] = [
  (name, value) => `${name}=${value} ok`,
  (name, value) => `${name}: ${value}`,
  (name, value) => `POST /login?user=ann&${name}=${encodeURIComponent(value)}&x=1`,
  (name, value) => `${name}="${value}"`,
  (name, value) => `set ${name} = '${value}'`,
];

export const ORDINARY: readonly string[] = [
  "[INFO] POST https://support.example.com/mcp?x=1 received in 12ms",
  '[INFO] Tool: refund_order, Params: {"orderId":"ord_12345","amount":12.5,"reason":"damaged in transit"}',
  "[DEBUG] API_KEY present: true",
  "[ERROR] API_KEY not configured",
  "[DEBUG] cache key user:1234 hit ratio 0.93, tokens used: 812",
  "maxTokens: 4096, total_tokens=1200, token: 17",
  '{"usage":{"input_tokens":812,"output_tokens":120,"total_tokens":932}}',
  "{ usage: { inputTokens: 812, outputTokens: 120 } }",
  "[ERROR] Failed to parse request: Unexpected token < in JSON at position 0\n    at JSON.parse (<anonymous>)",
  'SyntaxError: Unexpected token \'}\', ..."a":1}}" is not valid JSON',
  "Request 0199a7d0-1234-7abc-8def-001122334455 done, ts=1795189318675 duration=134ms",
  "order 4111111111111112 and tracking number 1Z999AA10123456784",
  "timestamps 1795189318675 1795189318676, snowflake 1234567890123456789",
  "authorization: missing",
  "Authorization header required for this tool",
  "password: required",
  "token: expired",
  "secret=null password=undefined apiKey=***",
  '{"password":null,"token":"","apiKey":false}',
  "bearer authentication failed",
  "Basic auth is not supported",
  "the key: value pairs were sorted",
  "primary key=42 duplicate",
  "password reset mail sent to ann@example.com",
  "mailto:ann@example.com http://example.com:8080/path@v2",
  "fetch https://example.com/a:b@c",
  "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "eyJ is how base64 JSON begins",
  "sk-1 risk_score=9 task_id=t-1234567890",
  "cookies accepted: yes",
  "secretary: Ann Example",
  "tokenizer: cl100k_base loaded",
  '{"name":"login","inputSchema":{"type":"object","properties":{"password":{"type":"string","minLength":8}}}}',
  '{"properties":{"token":{"description":"A token of the API","type":"string"}},"required":["token"]}',
  '{"body":"{\\"properties\\":{\\"apiKey\\":{\\"type\\":\\"string\\"}}}"}',
  "{ password: [Redacted], token: [Function: token], secret: [Object], apiKey: [Getter] }",
  '{"name":"token","required":true,"value":null}',
  '{"key":"region","value":"eu-west-1"}',
  '{"name":"limit","value":"500"}',
  "secrets: [] credentials: {}",
  '{"tokens":["the","quick","brown","fox"]}',
  "pass: 12 fail: 0 skip: 3",
  "3 passed, 0 failed, pass=true",
  "Compass: north, bypass: on, keyboard: us",
  "GET /tokens/7/usage 200 12ms",
  "DELETE FROM api_keys WHERE id = 7",
  "SELECT id, token_type FROM sessions LIMIT 10",
  "token_type=bearer expires_in=3600",
  '{"token_type":"Bearer","expires_in":3600,"scope":"read write"}',
  "grant_type=client_credentials scope=read",
  "keyId: abc keyVersion: 3 publicKey: MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
  "sort key: created_at, partition key: org_id",
  "secret santa list updated",
  "The token bucket has 12 of 20 tokens",
  "rate limit: 100 requests per token",
  "password policy: at least 12 characters",
  "passwords do not match",
  "csrf: ok, auth: ok, session: new",
  "commit 3f786850e387550fdab836ed7e6dc881de23001b by ann",
  "uuid 0f8fad5b-d9cb-469f-a165-70867728950e created",
  "image sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a pulled",
  'etag W/"5e8-Zk3vQ9xLm2Tn8RwYb5Hc" not modified',
  "base64 data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
  "at Object.<anonymous> (/app/src/token.ts:12:5)",
  "import { token } from './token.ts'",
  "Loaded 12 keys from cache in 3ms",
  "user-agent: node/24 key-value store ready",
  "phone +49 170 1234567, ref 2024-0001-0002",
  "IBAN DE89 3704 0044 0532 0130 00 checked",
  "lat=52.5200066, lon=13.404954, zoom=12",
  "v1.2.3-beta.4+exp.sha.5114f85 released",
  "x".repeat(500),
  "",
  "ünïcödé 🎉 línea",
];

/** Ordinary lines as hosted servers write them, one for each combination. */
export const generatedOrdinary = (): string[] => {
  const subjects = ["order", "ticket", "user", "invoice", "token", "key", "session", "document"];
  const ids = ["1234", "ord_9f86d081", "0199a7d0-1234-7abc-8def-001122334455", "2024-05-06T07:08:09.123Z"];
  const lines: string[] = [];
  for (const subject of subjects) {
    for (const id of ids) {
      lines.push(
        `[INFO] ${subject} ${id} updated in 12ms`,
        `${subject} not found (${id})`,
        JSON.stringify({ level: "info", subject, id, ms: 12 }),
        JSON.stringify({ [`${subject}Id`]: id, count: 3, ok: true }),
        `{ ${subject}Count: 3, total: 4, last: '${id}' }`,
        `GET /v1/${subject}s/${encodeURIComponent(id)}?include=lines&page=2 200 45ms`,
        `processing ${subject}s: 12 of 400`,
      );
    }
  }
  return lines;
};
