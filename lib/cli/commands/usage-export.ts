import { plainText } from "#lib/kernel/terminal-text.ts";
import { type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { withQuery } from "../log-filters.ts";
import { usageParameters } from "../usage-window.ts";

/** Use by the hour as a file on standard output, written as it comes. */
export const usageExport: CommandRun = async (call) => {
  const query = usageParameters(call);
  query.set("format", textOption(call, "format") ?? "csv");
  const api = await call.session.api();
  const path = withQuery(`${await call.session.organizationPath()}/usage/export`, query);
  const stop = new AbortController();
  const ignore = call.io.onInterrupt(() => stop.abort());
  const decoder = new TextDecoder();
  // A terminal must not act on what strangers called; a file or a pipe gets what was sent.
  const shown = call.io.stdoutIsTty ? plainText : (piece: string) => piece;
  try {
    for await (const piece of api.download(path, stop.signal)) {
      call.io.out(shown(decoder.decode(piece, { stream: true })));
      await call.io.outTaken();
    }
    call.io.out(shown(decoder.decode()));
    return EXIT.ok;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return EXIT.interrupted;
  } finally {
    ignore();
  }
};
