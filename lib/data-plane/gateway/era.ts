import type { IncomingHttpHeaders } from "node:http";
import type { Era } from "#lib/contract/index.ts";
import type { InboundBody, InboundMessage } from "./messages.ts";

/** The first protocol version without sessions. Versions are dates, so they compare as text. */
const FIRST_MODERN_VERSION = "2026-07-28";
/** From here on a batch is no longer allowed, as the specification of that day says. */
const FIRST_VERSION_WITHOUT_BATCH = "2025-06-18";
const VERSION = /^\d{4}-\d{2}-\d{2}$/;

const isModern = (version: string): boolean => VERSION.test(version) && version >= FIRST_MODERN_VERSION;

export type EraDecision = { era: Era } | { code: -32600 | -32020; message: string };

/**
 * Decides the era of a body: `_meta` makes it modern; `initialize`, a session or an old version make it legacy.
 * Headers are compared with the body and never believed: a disagreement is refused, since a proxy or a server that
 * reads the header would act on something else than what was allowed.
 */
export function decideEra(body: InboundBody, headers: IncomingHttpHeaders): EraDecision {
  const headerVersion = textOf(headers["mcp-protocol-version"]);
  const headerIsModern = headerVersion !== null && isModern(headerVersion);
  const claimsModern = body.messages.some(
    (message) => message.metaVersion !== null && isModern(message.metaVersion),
  );
  if (body.isBatch) {
    if (headerIsModern || claimsModern) {
      return refuse(
        -32600,
        "A batch is not allowed in this protocol version. Send each message in its own request.",
      );
    }
    if (
      headerVersion !== null &&
      VERSION.test(headerVersion) &&
      headerVersion >= FIRST_VERSION_WITHOUT_BATCH
    ) {
      return refuse(
        -32600,
        `A batch is not allowed in protocol version ${headerVersion}. Send each message in its own request.`,
      );
    }
    return { era: "legacy" };
  }
  const message = body.messages[0];
  if (!message) return { era: "legacy" };
  if (message.method === "initialize" && message.metaVersion === null) {
    return headerIsModern
      ? mismatch(
          "initialize belongs to protocol versions before 2026-07-28, but MCP-Protocol-Version names a later one",
        )
      : { era: "legacy" };
  }
  if (message.metaVersion !== null && headerVersion !== null && message.metaVersion !== headerVersion) {
    return mismatch(
      `the body names protocol version ${message.metaVersion}, but MCP-Protocol-Version is ${headerVersion}`,
    );
  }
  const era: Era = claimsModern || (message.metaVersion === null && headerIsModern) ? "modern" : "legacy";
  return era === "legacy" ? { era } : (compareHeaders(message, headers) ?? { era });
}

/** Compares `Mcp-Method` and `Mcp-Name` with a modern message. Missing headers are the server's to judge. */
function compareHeaders(message: InboundMessage, headers: IncomingHttpHeaders): EraDecision | null {
  const method = textOf(headers["mcp-method"]);
  if (method !== null && message.method !== null && method !== message.method) {
    return mismatch(`the body names the method ${message.method}, but Mcp-Method is ${method}`);
  }
  const header = textOf(headers["mcp-name"]);
  if (header === null || message.subject === null) return null;
  const name = decodeHeaderValue(header);
  if (name === null) return mismatch("Mcp-Name carries a value that is not valid base64");
  return name === message.subject
    ? null
    : mismatch(`the body names ${message.subject}, but Mcp-Name is ${name}`);
}

const refuse = (code: -32600 | -32020, message: string): EraDecision => ({ code, message });
const mismatch = (what: string): EraDecision =>
  refuse(-32020, `The request headers and the body disagree: ${what.slice(0, 400)}. Make them say the same.`);

const textOf = (value: string | string[] | undefined): string | null =>
  typeof value === "string" ? value.trim() : null;

/** A header value that may be wrapped as `=?base64?…?=`; null when it is wrapped but not decodable. */
function decodeHeaderValue(value: string): string | null {
  const wrapped = /^=\?base64\?(.*)\?=$/i.exec(value)?.[1];
  if (wrapped === undefined) return value;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(wrapped)) return null;
  return Buffer.from(wrapped, "base64").toString("utf8");
}
