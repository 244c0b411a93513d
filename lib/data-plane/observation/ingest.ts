import { Buffer } from "node:buffer";
import { CONSOLE_METHODS, type ConsoleMethod, type LogLevel } from "#lib/contract/index.ts";
import { createMark, createRedactor, type Redactor, withoutHalfSecret } from "#lib/domain/redaction/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { type IdSource, isUuid } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { storableText } from "#lib/kernel/text.ts";
import type { ServerDirectory, ServerEntry } from "../directory/index.ts";
import { createCut } from "./cut-message.ts";
import type {
  ConsoleFact,
  MessageBodies,
  RawConsoleLine,
  RequestFact,
  UpstreamCallFact,
  UpstreamFact,
} from "./facts.ts";
import { secretsOf } from "./server-secrets.ts";

const LEVEL_OF_METHOD: Record<ConsoleMethod, LogLevel> = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
};
const isMethod = (method: string): method is ConsoleMethod =>
  (CONSOLE_METHODS as readonly string[]).includes(method);

const { messageBytesMax, redactAheadCharactersMax, lineAgeMsMax, lineAheadMsMax } = limits.logStream;
const { bodyBytesMax, errorCharactersMax } = limits.requests;
/** Fewer characters of a secret at the end of a cut error tell nothing. */
const HALF_SECRET_CHARACTERS_MIN = 4;

export interface IngestOptions {
  directory: Pick<ServerDirectory, "byId">;
  clock: Clock;
  ids: IdSource;
  /** Keys the four digits by which a redacted secret is recognised again. */
  redactionKey: string;
  /** The next position in the stream of a server. */
  nextPosition(serverId: string): { epoch: string; seq: number };
}

/** Turns what was reported into a fact: checked, cut, redacted, levelled and numbered. */
export interface Ingest {
  /** Null when there is no such server: nobody may see the line. */
  take(line: RawConsoleLine): ConsoleFact | null;
  /** The same call without secrets; null when there is no such server. */
  cleanCall(call: UpstreamCallFact): UpstreamCallFact | null;
  /** `call` is clean. Null when there is no such server. */
  takeCall(call: UpstreamCallFact): UpstreamFact | null;
  /** The same request with no secret in its error, which may be the server's own words. Its bodies stay as they are. */
  cleanRequest(fact: RequestFact): RequestFact;
  /** What may be kept of what was said to a server; null when it records nothing (any more). */
  cleanBodies(serverId: string, bodies: MessageBodies): MessageBodies | null;
}

interface Redaction {
  redact: Redactor;
  secrets: readonly string[];
}

export function createIngest(options: IngestOptions): Ingest {
  const { directory, clock, ids } = options;
  const mark = createMark(options.redactionKey);
  const cut = createCut(messageBytesMax);
  const cutBody = createCut(bodyBytesMax);
  /** Entries are immutable: a changed server is another entry with its own redactor. */
  const redactions = new WeakMap<ServerEntry, Redaction>();
  const redactionOf = (server: ServerEntry): Redaction => {
    const known = redactions.get(server);
    if (known) return known;
    const secrets = secretsOf(server);
    const redaction = { secrets, redact: createRedactor(secrets, mark) };
    redactions.set(server, redaction);
    return redaction;
  };

  /** What may be seen of `text`; secrets are looked for a little behind the cut, so that none is cut in half. */
  const clean = (server: ServerEntry, text: string, charactersMax: number = messageBytesMax): string => {
    const { redact, secrets } = redactionOf(server);
    const scannedMax = charactersMax + redactAheadCharactersMax;
    if (text.length <= scannedMax) return redact(storableText(text));
    const scanned = storableText(text.slice(0, scannedMax));
    const redacted = redact(withoutHalfSecret(scanned, secrets, redactAheadCharactersMax));
    return redacted.slice(0, -redactAheadCharactersMax).toWellFormed();
  };

  const redactUnknown = createRedactor([], mark);
  const cleanError = (serverId: string, error: string): string => {
    const server = directory.byId(serverId);
    const text = storableText(error);
    if (!server) return redactUnknown(text);
    const { redact, secrets } = redactionOf(server);
    const isCut = error.length >= errorCharactersMax;
    return redact(isCut ? withoutHalfSecret(text, secrets, HALF_SECRET_CHARACTERS_MIN) : text);
  };

  const timeOf = (reportedMs: number): number => {
    const nowMs = Math.floor(clock.nowMs());
    const ms = Math.floor(reportedMs);
    return ms >= nowMs - lineAgeMsMax && ms <= nowMs + lineAheadMsMax ? ms : nowMs;
  };

  return {
    take(line) {
      const server = directory.byId(line.serverId);
      if (!server) return null;
      const text = String(line.message);
      // A runtime that cut the line itself says how long it was: at least so many bytes.
      const bytes = Math.max(Buffer.byteLength(text), line.charactersBeforeCut ?? 0);
      const seen = clean(server, text);
      const message = cut(seen);
      const timestampMs = timeOf(line.timestampMs);
      const method = isMethod(line.method) ? line.method : "log";
      const { epoch, seq } = options.nextPosition(server.id);
      return {
        id: numberedId(ids.uuid(timestampMs), seq),
        organizationId: server.organizationId,
        serverId: server.id,
        versionId: line.versionId,
        requestId: uuidOrNull(line.requestId),
        epoch,
        seq,
        timestampMs,
        level: LEVEL_OF_METHOD[method],
        method,
        message,
        truncated: bytes > messageBytesMax || message.length < seen.length,
        bytes,
        retentionDays: server.retentionDays,
        ...(line.lostLines === undefined ? {} : { lostLines: line.lostLines }),
      };
    },
    cleanCall(call) {
      const server = directory.byId(call.serverId);
      if (!server) return null;
      const error = call.error === null ? null : clean(server, call.error);
      return { ...call, url: clean(server, call.url), error };
    },
    cleanRequest: (fact) =>
      fact.error === null ? fact : { ...fact, error: cleanError(fact.serverId, fact.error) },
    takeCall(call) {
      const server = directory.byId(call.serverId);
      if (!server) return null;
      return {
        id: ids.uuid(timeOf(call.startedAtMs)),
        organizationId: server.organizationId,
        serverId: server.id,
        versionId: call.versionId,
        requestId: uuidOrNull(call.requestId),
        method: call.method,
        url: call.url,
        httpStatus: call.httpStatus,
        outcome: call.outcome,
        error: call.error,
        durationMs: call.durationMs,
        requestBytes: call.requestBytes,
        responseBytes: call.responseBytes,
        retentionDays: server.retentionDays,
      };
    },
    cleanBodies(serverId, { request, response, requestBytes, responseBytes }) {
      const server = directory.byId(serverId);
      if (!server?.recordBodies || server.retentionDays === 0) return null;
      const kept = (text: string | null): string | null =>
        text === null ? null : cutBody(clean(server, text, bodyBytesMax));
      return { request: kept(request), response: kept(response), requestBytes, responseBytes };
    },
  };
}

const uuidOrNull = (text: string | null): string | null => (text !== null && isUuid(text) ? text : null);

/** Lines of one millisecond sort by their number: it takes the place of the twelve bits that a UUIDv7 may count in. */
const numberedId = (uuid: string, seq: number): string =>
  `${uuid.slice(0, 15)}${(seq & 0xfff).toString(16).padStart(3, "0")}${uuid.slice(18)}`;
