/** The validated configuration of a process, and the files that hold what was generated for a data directory. */
export { type Config, ConfigError } from "./config.ts";
export { createFileOnce } from "./create-file-once.ts";
export { environmentOf, loadConfig } from "./load-config.ts";
