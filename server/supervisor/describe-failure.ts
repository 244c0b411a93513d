import { ConfigError } from "#lib/config/index.ts";
import { EmbeddedPostgresError } from "#lib/db/embedded/index.ts";
import { StartError } from "./start-error.ts";

const EXPECTED = [StartError, ConfigError, EmbeddedPostgresError];

/** What an operator reads when the product does not start: what is wrong and what to do; a stack where nobody foresaw it. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPECTED.some((kind) => error instanceof kind)) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION":
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL":
    case "ERR_PARSE_ARGS_INVALID_OPTION_VALUE":
      return `${error.message}. --help lists what there is.`;
    case "ENOSPC":
    case "EDQUOT":
      return `The disk of the data directory is full (${error.message}). Free some space and start again; nothing that was stored is lost.`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `This user may not use ${path ?? "a file of the data directory"} (${error.message}). Start as the user whom it belongs to, hand it over with chown -R, or choose another MCPSTACK_DATA_DIR.`;
    default:
      return error.stack ?? error.message;
  }
}
