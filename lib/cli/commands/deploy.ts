import type { Operation, Server, Version } from "#lib/contract/index.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError, usageError } from "../cli-error.ts";
import { argument, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { followAloud } from "../follow-operation.ts";
import { emit, facts } from "../output.ts";
import { readBundle } from "../read-bundle.ts";

/** Uploads code as a new version and publishes it, unless told not to. */
export const deploy: CommandRun = async (call) => {
  const { io, session, format, options } = call;
  const slug = textOption(call, "server");
  if (slug === undefined)
    throw usageError("Say which server: --server <slug>.", "`mcpstack servers list` shows them.");
  const bundle = await readBundle(argument(call, "path"));
  const semver = textOption(call, "version") ?? bundle.version;
  if (semver === null)
    throw usageError(
      "Say which version this is: --version <semver>.",
      "A package.json with a version also does.",
    );
  const api = await session.api();
  const serverPath = await session.serverPath(slug);
  if (options.create === true) await createMissing(api, await session.organizationPath(), serverPath, slug);
  const version = await api.upload<Version>(
    `${serverPath}/versions?version=${encodeURIComponent(semver)}`,
    bundle.bytes,
    bundle.contentType,
  );
  io.err(`Uploaded ${version.semver} (${version.bytes} bytes, sha256 ${version.sha256.slice(0, 12)}).\n`);
  let operation: Operation | null = null;
  let exitCode: (typeof EXIT)[keyof typeof EXIT] = EXIT.ok;
  if (options.publish !== false) {
    operation = await api.post<Operation>(`${serverPath}/publish`, { version: version.semver });
    if (options.wait !== false)
      ({ operation, exitCode } = await followAloud({
        call: { ...call, args: { ...call.args, server: slug } },
        api,
        serverPath,
        started: operation,
        isData: false,
      }));
  }
  const server = await api.get<Server>(serverPath);
  emit(io, format, { version, operation }, () =>
    facts([
      ["Server", server.slug],
      ["Version", version.semver],
      ["Operation", operation?.id],
      ["State", operation?.state ?? "uploaded, not published"],
      ["MCP URL", server.mcpUrl],
    ]),
  );
  return exitCode;
};

async function createMissing(
  api: ApiClient,
  organizationPath: string,
  serverPath: string,
  slug: string,
): Promise<void> {
  try {
    await api.get<Server>(serverPath);
    return;
  } catch (error) {
    if (!(error instanceof CliError) || error.exitCode !== EXIT.notFound) throw error;
  }
  await api.post<Server>(`${organizationPath}/mcp-servers`, { kind: "hosted", name: slug, slug });
}
