import type { ConsoleLine, LogEntry, Server } from "#lib/contract/index.ts";
import { encodeId, isId, isUuid } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { plainText, terminalJson } from "#lib/kernel/terminal-text.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError, usageError } from "../cli-error.ts";
import { type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { BACKFILL_LINES_MAX, type Backfill, readBackfill } from "../log-backfill.ts";
import { LEVELS } from "../log-filters.ts";
import { coloured, entryText, gapText, type LinePrefix, NO_PREFIX } from "../log-line-text.ts";
import { type Gap, streamLogs } from "../log-stream-client.ts";
import { momentOf } from "../moment.ts";

const TAIL_DEFAULT = 20;
const SERVERS_MAX = limits.viewer.mergedServersMax;
/** One colour per server, told apart on light and dark terminals. */
const SERVER_COLOURS = ["32", "35", "34", "36", "33", "31"];

/** What is shown, as the command line says it. */
interface Wanted {
  follow: boolean;
  tail: number;
  /** Begin with what is stored since then. */
  since: string | undefined;
  level: LogEntry["level"] | undefined;
  text: string | undefined;
  regex: string | undefined;
  requestId: string | undefined;
  matches(entry: LogEntry): boolean;
}

/** One server among those that are shown. */
interface Source {
  server: Server;
  path: string;
  onEntries(entries: readonly LogEntry[]): void;
  onGap(gap: Gap): void;
  onTalk(text: string): void;
}

/** Console lines as they are written, until Ctrl-C; `--no-follow` shows what is there and ends. */
export const logsStream: CommandRun = async (call) => {
  const { io, session } = call;
  const wanted = await wantedOf(call);
  const api = await session.api();
  const sources = await sourcesOf(call, api, wanted);
  const stop = new AbortController();
  const ignore = io.onInterrupt(() => stop.abort());
  try {
    const names = sources.map(({ server }) => server.slug).join(", ");
    if (wanted.follow) io.err(`Streaming ${names}. Ctrl-C ends it.\n`);
    const backfills = await backfillAll(call, api, sources, wanted);
    const endings = await Promise.all(
      sources.map((source) =>
        followOne(api, source, wanted, backfills.get(source)?.join ?? undefined, stop, sources.length),
      ),
    );
    return stop.signal.aborted ? EXIT.interrupted : (endings.find((code) => code !== EXIT.ok) ?? EXIT.ok);
  } finally {
    stop.abort();
    ignore();
  }
};

async function wantedOf(call: CommandCall): Promise<Wanted> {
  const follow = call.options.follow !== false;
  const since = textOption(call, "since");
  const tail = textOption(call, "tail");
  if (since !== undefined && tail !== undefined)
    throw usageError("--since and --tail both say where to begin.", "Use one of them.");
  if (tail !== undefined && !/^\d{1,6}$/.test(tail))
    throw usageError(`--tail must be a number, not ${JSON.stringify(tail)}.`);
  const level = LEVELS.find((known) => known === textOption(call, "level"));
  const text = textOption(call, "grep");
  const regex = textOption(call, "regex");
  for (const [flag, value] of [
    ["grep", text],
    ["regex", regex],
  ] as const)
    if (value !== undefined && value.length > limits.logStream.filterTextCharactersMax)
      throw usageError(`--${flag} is longer than ${limits.logStream.filterTextCharactersMax} characters.`);
  const requestId = requestIdOf(textOption(call, "request"));
  const sinceAt = since === undefined ? undefined : momentOf("since", since, call.io.nowMs());
  const whole = limits.logStream.ringEntriesMax;
  return {
    follow,
    since: sinceAt,
    tail: tail !== undefined ? Number(tail) : sinceAt !== undefined || !follow ? whole : TAIL_DEFAULT,
    level,
    text,
    regex,
    requestId,
    matches: entryFilter({
      level,
      text,
      requestId,
      sinceMs: sinceAt === undefined ? undefined : Date.parse(sinceAt),
      pattern: regex === undefined ? undefined : await patternOf(regex),
    }),
  };
}

/** A request as lines name it. */
function requestIdOf(text: string | undefined): string | undefined {
  if (text === undefined || isId("req", text)) return text;
  if (isUuid(text)) return encodeId("req", text);
  throw usageError(`--request ${JSON.stringify(text)} is no request id.`, "Request ids look like req_01k…");
}

/** RE2: any pattern takes linear time. Loaded only when there is one. */
async function patternOf(regex: string): Promise<(text: string) => boolean> {
  const { compileLinePattern, isPatternProblem } = await import("#lib/kernel/line-pattern.ts");
  const pattern = compileLinePattern(regex);
  if (isPatternProblem(pattern)) throw usageError(`--regex cannot be read: ${pattern.problem}`);
  return pattern.matches;
}

interface EntryConditions {
  level?: LogEntry["level"] | undefined;
  text?: string | undefined;
  requestId?: string | undefined;
  sinceMs?: number | undefined;
  pattern?: ((text: string) => boolean) | undefined;
}

/** Whether an entry is shown. The server leaves out the same, but may send lines before it knows the filter. */
export function entryFilter(conditions: EntryConditions): (entry: LogEntry) => boolean {
  const { requestId, sinceMs, pattern } = conditions;
  const least = conditions.level === undefined ? 0 : LEVELS.indexOf(conditions.level);
  const needle = conditions.text?.toLowerCase();
  return (entry) => {
    const rank = LEVELS.indexOf(entry.level);
    if (sinceMs !== undefined && entry.timestamp < sinceMs) return false;
    // That lines were not kept is told under every filter.
    if (entry.lostLines !== undefined) return true;
    return (
      (rank === -1 || rank >= least) &&
      (requestId === undefined || entry.requestId === requestId) &&
      (!needle || entry.message.toLowerCase().includes(needle)) &&
      (pattern === undefined || pattern(entry.message))
    );
  };
}

async function sourcesOf(call: CommandCall, api: ApiClient, wanted: Wanted): Promise<Source[]> {
  const { io, session, repeated } = call;
  const names = [...new Set(repeated)];
  if (names.length > SERVERS_MAX) throw usageError(`At most ${SERVERS_MAX} servers can be streamed at once.`);
  // Also turns ids into the slugs that the stream's path needs, and a missing server into its own error.
  const read = await Promise.all(names.map(async (name) => api.get<Server>(await session.serverPath(name))));
  const servers = [...new Map(read.map((server) => [server.id, server])).values()];
  const isColoured = io.stdoutIsTty && !io.env.NO_COLOR;
  const width = Math.max(...servers.map(({ slug }) => slug.length)) + 3;
  return Promise.all(
    servers.map(async (server, index) => {
      const isOnly = servers.length === 1;
      const colour = SERVER_COLOURS[index % SERVER_COLOURS.length];
      const prefix: LinePrefix = isOnly
        ? NO_PREFIX
        : { text: `${coloured(server.slug.padEnd(width - 3), colour, isColoured)} │ `, width };
      const named = isOnly ? {} : { server: server.slug };
      const isData = call.format !== "table";
      return {
        server,
        path: await session.serverPath(server.slug),
        onEntries: (entries: readonly LogEntry[]) =>
          io.out(
            entries
              .filter(wanted.matches)
              .map((entry) =>
                isData ? `${terminalJson({ ...named, ...entry })}\n` : entryText(entry, isColoured, prefix),
              )
              .join(""),
          ),
        onGap: (gap: Gap) =>
          io.out(isData ? `${terminalJson({ type: "gap", ...named, ...gap })}\n` : gapText(gap, prefix)),
        onTalk: (text: string) => io.err(`${isOnly ? "" : `${server.slug}: `}${plainText(text)}\n`),
      };
    }),
  );
}

/** Shows what is stored since `--since`, of all servers in the order of time, and answers where each stream goes on. */
async function backfillAll(
  { io }: CommandCall,
  api: ApiClient,
  sources: readonly Source[],
  { since, level, text, requestId }: Wanted,
): Promise<ReadonlyMap<Source, Backfill>> {
  if (since === undefined) return new Map();
  const filter = { levels: level && LEVELS.slice(LEVELS.indexOf(level)), text, requestId };
  const backfills = new Map(
    await Promise.all(
      sources.map(async (source) => [source, await readBackfill(api, source.path, since, filter)] as const),
    ),
  );
  for (const [source, { isCut }] of backfills) {
    if (source.server.retentionDays === 0)
      source.onTalk("No history is kept: only what is still buffered can be shown.");
    if (isCut)
      source.onTalk(
        `Only the newest ${BACKFILL_LINES_MAX} lines since then are shown. Older ones: mcpstack logs list --log console --all.`,
      );
  }
  const lines = [...backfills]
    .flatMap(([source, backfill]) => backfill.lines.map((line) => ({ source, line })))
    .sort((a, b) => a.line.timestamp - b.line.timestamp);
  for (const { source, line } of lines) source.onEntries([entryOf(line)]);
  await io.outTaken();
  return backfills;
}

/** A stored line as the stream would have sent it. */
function entryOf({ id: _id, epoch: _epoch, version: _version, ...entry }: ConsoleLine): LogEntry {
  return entry;
}

/** Streams one server to its end. Of several, one that is refused is told and the others go on. */
async function followOne(
  api: ApiClient,
  { server, onEntries, onGap, onTalk }: Source,
  { follow, tail, level, text, regex, requestId }: Wanted,
  after: Backfill["join"] | undefined,
  stop: AbortController,
  sourceCount: number,
): Promise<ExitCode> {
  const isFiltered = [level, text, regex, requestId].some((value) => value !== undefined);
  const filter = {
    ...(level && { level }),
    ...(text && { text }),
    ...(regex && { regex }),
    ...(requestId && { requestId }),
  };
  try {
    await streamLogs({
      api,
      slug: server.slug,
      tail,
      follow,
      after: after ?? undefined,
      // Without following, the end is told by the lines up to it, so all of them have to come.
      filter: follow && isFiltered ? filter : undefined,
      signal: stop.signal,
      onEntries,
      onGap,
      onTalk,
    });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof CliError) || sourceCount === 1) throw error;
    onTalk(error.message);
    return error.exitCode;
  }
}
