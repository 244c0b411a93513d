import type { DoctorCheck, DoctorReport } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { plainText } from "#lib/kernel/terminal-text.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

async function credentialOf(call: CommandCall): Promise<string | undefined> {
  const flag = textOption(call, "credential");
  if (flag !== "-") return flag;
  if (call.io.stdinIsTty)
    throw usageError(
      "--credential - reads standard input, which is a terminal here.",
      "Pipe the key into it.",
    );
  return (await call.io.readStdin(limits.gateways.credentialCharactersMax)).trim();
}

const checksTable = (title: string, checks: readonly DoctorCheck[]): string =>
  `${plainText(title)}\n${table(
    ["STATUS", "CHECK", "TIME", "DETAIL"],
    checks.map((check) => [check.status, check.title, `${Math.round(check.durationMs)} ms`, check.detail]),
    "Nothing was checked.",
  )}`;

/** Walks each public URL of a gateway as a client would; something that fails is a failed gate. */
export const gatewaysDoctor: CommandRun = async (call) => {
  const { io, session, format } = call;
  const credential = await credentialOf(call);
  const api = await session.api();
  const path = `${await session.gatewayPath(argument(call, "gateway"))}/doctor`;
  const report = await api.post<DoctorReport>(path, credential === undefined ? {} : { credential });
  emit(io, format, report, () =>
    [
      checksTable("Gateway", report.checks),
      ...report.servers.map(({ serverSlug, url, checks }) => checksTable(`${serverSlug} at ${url}`, checks)),
    ].join("\n"),
  );
  const all = [...report.checks, ...report.servers.flatMap(({ checks }) => checks)];
  for (const { status, title, detail, fix } of all)
    if (status === "fail" || status === "warn")
      io.err(
        `${status === "fail" ? "Failed" : "Warning"}: ${title}: ${plainText(detail)}\n  → ${plainText(fix)}\n`,
      );
  return report.status === "passed" ? EXIT.ok : EXIT.gateFailed;
};
