/**
 * Taking secrets out of text, by their looks, by the names before them and, where they are known, exactly: before what servers
 * and callers say is stored, and once more before a report leaves.
 */
export { isSecretName } from "./named-secrets.ts";
export { createMark, createRedactor, type Redactor, withoutHalfSecret } from "./redactor.ts";
