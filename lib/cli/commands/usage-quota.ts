import type { QuotaReport } from "#lib/contract/index.ts";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { withQuery } from "../log-filters.ts";
import { emit, table } from "../output.ts";
import { usageParameters } from "../usage-window.ts";

const STOPPING = new Set([
  "toolCallDurationMsMax",
  "requestBytesMax",
  "responseBytesMax",
  "hostedServersMax",
]);

/** How near use comes to each cap of the plan. */
export const usageQuota: CommandRun = async (call) => {
  const query = usageParameters(call);
  const api = await call.session.api();
  const path = `${await call.session.organizationPath()}/usage/quota`;
  const quota = await api.get<QuotaReport>(withQuery(path, query));
  emit(call.io, call.format, quota, () =>
    table(
      ["CAP", "LEVEL", "PEAK", "MAX", "NEAR", "STOPPED", "NEAREST"],
      quota.caps.map((cap) => [
        cap.cap,
        cap.level,
        cap.peak,
        cap.max,
        cap.nearCount,
        cap.stoppedCount,
        cap.servers.map(({ slug, peak }) => `${slug} ${peak}`).join(", "),
      ]),
      "The plan has no caps.",
    ),
  );
  const isStopped = quota.caps.some(({ cap, level }) => level === "at" && STOPPING.has(cap));
  return call.options.check === true && isStopped ? EXIT.limit : EXIT.ok;
};
