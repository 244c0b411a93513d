/** Sealing secrets for storage, and hashing passwords and tokens. Used by every process that writes or reads them. */
export { hashPassword, type ScryptParameters, verifyPassword } from "./password-hash.ts";
export { createSealedBox } from "./sealed-box.ts";
export { hashSecret } from "./secret-hash.ts";
