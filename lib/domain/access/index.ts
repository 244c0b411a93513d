/**
 * Who may do what, and the shape of every verb. `command`, `workflow` and `query` are the only ways to write one: they check
 * the scope, parse the input and, for writes, open the transaction that also holds the audit record.
 */
export { announce, announced, within } from "./announce.ts";
export {
  type AuditRecord,
  type CommandCtx,
  command,
  type SystemCaller,
  type SystemCommandCtx,
  systemCommand,
  type Verb,
} from "./command.ts";
export { type Actor, actorKey, type Ctx, type Log, type System } from "./context.ts";
export type {
  BundleModules,
  Doors,
  DrainOutcome,
  Mail,
  RuntimeDoor,
  Trial,
  TrialAnswer,
  TrialInput,
  TrialStart,
} from "./doors.ts";
export { parseInput, requireScope } from "./guards.ts";
export { forgetOldIdempotencyKeys, type Idempotency } from "./idempotency.ts";
export { etagOf, type IfMatch, requireMatch } from "./precondition.ts";
export { query } from "./query.ts";
export { scopesOfRole } from "./scopes.ts";
export { storableJson } from "./storable-text.ts";
export { changingAccess, tellAccessChanged } from "./tell-access-changed.ts";
export { workflow } from "./workflow.ts";
