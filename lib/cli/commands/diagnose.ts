import type { Diagnosis, Incident } from "#lib/contract/index.ts";
import type { CommandCall, CommandRun } from "../command.ts";
import { questionOf } from "../diagnosis-question.ts";
import { diagnosisText } from "../diagnosis-text.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { incidentUrl } from "../incident-link.ts";
import { emit } from "../output.ts";

/** How a diagnosis ends a script: a fault is a failed gate; what cannot be told is neither good nor bad. */
const EXIT_OF_STATUS: Readonly<Record<Diagnosis["status"], ExitCode>> = {
  fault: EXIT.gateFailed,
  healthy: EXIT.ok,
  abstained: EXIT.error,
};

/** Asks what is wrong with a server, or with the organization, and opens an incident about it with `--open`. */
export const diagnose: CommandRun = async (call) => {
  const { io, session, format } = call;
  const question = questionOf(call);
  const api = await session.api();
  const organization = await session.organizationPath();
  const diagnosis = await api.post<Diagnosis>(`${organization}/diagnoses`, question);
  const opened =
    call.options.open === true
      ? await api.post<Incident>(`${organization}/incidents`, { ...question, origin: "cli" })
      : null;
  const incident = opened && {
    id: opened.id,
    number: opened.number,
    url: await incidentUrl(call, opened),
  };
  emit(io, format, incident === null ? diagnosis : { ...diagnosis, incident }, () =>
    diagnosisText(diagnosis, io.stdoutIsTty && !io.env.NO_COLOR),
  );
  if (incident !== null) io.err(`Incident #${incident.number}: ${incident.url}\n`);
  if (diagnosis.status === "abstained") tellWhatIsMissing(call, diagnosis);
  return EXIT_OF_STATUS[diagnosis.status];
};

function tellWhatIsMissing({ io }: CommandCall, { missing }: Diagnosis): void {
  const parts = missing.map(({ part }) => part).join(", ");
  io.err(
    `mcpstack: There is not enough evidence to name a cause${parts === "" ? "" : `: ${parts} ${missing.length === 1 ? "is" : "are"} missing`}.\n`,
  );
  if (missing[0] !== undefined && missing[0].how !== "") io.err(`  → ${missing[0].how}\n`);
}
