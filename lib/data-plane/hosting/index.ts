/** Runs hosted code: the driver interface and the embedded workerd driver. */
export type { RuntimeDriver, RuntimeExit, RuntimeLease } from "./runtime-driver.ts";
export { createWorkerdDriver, type WorkerdDriverOptions } from "./workerd-driver.ts";
