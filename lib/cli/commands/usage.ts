import type { UsageReport } from "#lib/contract/index.ts";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { withQuery } from "../log-filters.ts";
import { emit } from "../output.ts";
import { usageText } from "../usage-text.ts";
import { usageParameters } from "../usage-window.ts";

/** The use of a window by one dimension, with what changed. */
export const usage: CommandRun = async (call) => {
  const query = usageParameters(call);
  const api = await call.session.api();
  const path = `${await call.session.organizationPath()}/usage`;
  const report = await api.get<UsageReport>(withQuery(path, query));
  emit(call.io, call.format, report, () => usageText(report));
  return EXIT.ok;
};
