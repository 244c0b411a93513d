import { timelineOf } from "#lib/contract/call-timeline.ts";
import type { RequestDetail } from "#lib/contract/index.ts";
import { bodiesText, callFacts, stepsText } from "../call-text.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts } from "../output.ts";

/** Everything that is stored of one request, in the order of time. */
export const requestsGet: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const path = `${await session.organizationPath()}/requests/${encodeURIComponent(argument(call, "request"))}`;
  const detail = await api.get<RequestDetail>(path);
  emit(io, format, detail, () => {
    const timeline = timelineOf(detail);
    return `${facts(callFacts(detail, timeline))}\n${stepsText(timeline, io.stdoutIsTty && !io.env.NO_COLOR)}${bodiesText(detail)}`;
  });
  if (format === "table" && (detail.linesAreCapped || detail.upstreamIsCapped))
    io.err(
      "More is stored of this request: `mcpstack logs list <server> --log console --request <id> --all` shows its lines.\n",
    );
  return EXIT.ok;
};
