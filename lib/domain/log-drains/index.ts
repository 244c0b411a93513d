/**
 * Log drains: where an organization's logs are sent on to. Rows are read in the order in which they were stored and
 * delivered at least once; what a sink refuses for good, or does not take in many tries, becomes a dead letter.
 */
export { createLogDrain } from "./create-log-drain.ts";
export { listDeadLetters, retryDeadLetter } from "./dead-letters.ts";
export { deleteLogDrain } from "./delete-log-drain.ts";
export { getLogDrain, listLogDrains } from "./list-log-drains.ts";
export { runLogDrains } from "./run-log-drains.ts";
export { parseSinkUrl } from "./sink.ts";
export { testLogDrain } from "./test-log-drain.ts";
export { updateLogDrain } from "./update-log-drain.ts";
