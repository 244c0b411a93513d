/**
 * Ids. Every entity is named on the wire by `prefix_` + 26 Crockford base32 characters of a UUIDv7, so ids
 * sort by creation time and say what they name. Append-only facts store the bare UUID, whose time also picks
 * their partition. Browser-safe.
 */

export const ID_PREFIXES = [
  "org",
  "usr",
  "srv",
  "ver",
  "dep",
  "op",
  "gw",
  "grt",
  "agt",
  "key",
  "req",
  "chk",
  "inc",
  "tx",
  "log",
  "aud",
  "inv",
  "view",
  "drn",
  "ded",
  "upc",
  "cgr",
  "lse",
  "pay",
  "cks",
  "top",
  "alr",
  "alc",
  "ald",
  "evd",
  "iev",
  "shr",
] as const;
export type IdPrefix = (typeof ID_PREFIXES)[number];

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const VALUE_OF = new Map([...ALPHABET].map((character, value) => [character, value]));
/** The two characters of ten bits. */
const PAIRS = Array.from(
  { length: 1024 },
  (_, bits) => ALPHABET.charAt(bits >> 5) + ALPHABET.charAt(bits & 31),
);
const HYPHEN = 45;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BODY = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Makes ids; injected through context so that tests own them. */
export interface IdSource {
  /** A fresh UUIDv7 whose time is `atMs` (epoch milliseconds) or now. */
  uuid(atMs?: number): string;
  /** A fresh wire id, e.g. `srv_01k…`. */
  id(prefix: IdPrefix): string;
  /** `byteCount` cryptographically random bytes as base64url, for tokens and secrets. */
  secret(byteCount: number): string;
}

/** The id source of production: random bits from Web Crypto, monotonic within a millisecond. */
export function createIdSource(nowMs: () => number = Date.now): IdSource {
  let lastMs = 0;
  let lastTime = "";
  let sequence = 0;
  const uuid = (atMs?: number): string => {
    const ms = Math.floor(atMs ?? nowMs());
    const random = crypto.randomUUID();
    if (ms === lastMs) sequence = (sequence + 1) & 0xfff;
    else {
      lastMs = ms;
      const time = ms.toString(16).padStart(12, "0");
      lastTime = `${time.slice(0, 8)}-${time.slice(8)}-`;
      sequence = Number.parseInt(random.slice(0, 3), 16) & 0x7ff;
    }
    // The random half of a UUIDv4, with its variant, is the random half of a UUIDv7.
    return `${lastTime}${(0x7000 | sequence).toString(16)}${random.slice(18)}`;
  };
  return {
    uuid,
    id: (prefix) => encodeId(prefix, uuid()),
    secret: (byteCount) => {
      const bytes = crypto.getRandomValues(new Uint8Array(byteCount));
      return btoa(String.fromCharCode(...bytes))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");
    },
  };
}

/** The wire form of a UUID. Throws a RangeError when `uuid` is not a lower-case UUID. */
export function encodeId(prefix: IdPrefix, uuid: string): string {
  if (!UUID.test(uuid)) throw new RangeError(`not a UUID: ${uuid}`);
  // 128 bits in groups of ten from the left, after two zero bits: no BigInt, since this is on the request path.
  let body = "";
  let held = 0;
  let heldBits = 2;
  for (let index = 0; index < 36; index++) {
    const code = uuid.charCodeAt(index);
    if (code === HYPHEN) continue;
    held = (held << 4) | (code < 58 ? code - 48 : code - 87);
    heldBits += 4;
    if (heldBits >= 10) {
      heldBits -= 10;
      body += PAIRS[held >> heldBits];
      held &= (1 << heldBits) - 1;
    }
  }
  return `${prefix}_${body}`;
}

/** The UUID inside a wire id, or null when `id` is not a well-formed id of that prefix. */
export function decodeId(prefix: IdPrefix, id: string): string | null {
  if (!id.startsWith(`${prefix}_`)) return null;
  const body = id.slice(prefix.length + 1);
  if (!BODY.test(body)) return null;
  let value = 0n;
  for (const character of body) value = (value << 5n) | BigInt(VALUE_OF.get(character) as number);
  const hex = value.toString(16).padStart(32, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** True when `text` is a lower-case UUID. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** True when `text` is a well-formed wire id of that prefix. */
export const isId = (prefix: IdPrefix, text: string): boolean => decodeId(prefix, text) !== null;

/** The smallest UUID of a millisecond: turns a time bound into an id bound. `ms` is epoch milliseconds. */
export function uuid7Floor(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0").slice(-12);
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** The epoch milliseconds that a UUIDv7 carries. */
export const timeOfUuid7 = (uuid: string): number =>
  Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
