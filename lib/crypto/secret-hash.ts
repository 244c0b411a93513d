import { createHash } from "node:crypto";

/** SHA-256 in hexadecimal: how secrets with full entropy (tokens, links) are stored. Never for passwords. */
export const hashSecret = (secret: string): string =>
  createHash("sha256").update(secret, "utf8").digest("hex");
