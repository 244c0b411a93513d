import type { AccessKey } from "#lib/contract/index.ts";
import { table } from "./output.ts";

/** Keys as people read them, newest first; never their secrets. */
export const keyTable = (keys: readonly AccessKey[], whenEmpty: string): string =>
  table(
    ["ID", "NAME", "BEGINS WITH", "MADE BY", "MADE", "LAST USED", "EXPIRES", "REVOKED"],
    keys.map((key) => [
      key.id,
      key.name,
      key.prefix,
      key.createdBy,
      key.createdAt,
      key.lastUsedAt,
      key.expiresAt,
      key.revokedAt,
    ]),
    whenEmpty,
  );
