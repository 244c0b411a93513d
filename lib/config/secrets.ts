import { randomBytes } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { ConfigError, type Secrets } from "./config.ts";
import { createFileOnce } from "./create-file-once.ts";

const Stored = z.object({
  auth: z.string().min(32),
  encryption: z
    .string()
    .transform((text) => new Uint8Array(Buffer.from(text, "base64url")))
    .refine((bytes) => bytes.length === 32),
  internal: z.string().min(32),
});

/** The secrets: those that the operator gave, and for the others the ones kept in `secrets.json` of the data directory. */
export function loadSecrets(dataDir: string, given: Partial<Secrets>): Secrets {
  const { auth, encryption, internal } = given;
  if (auth !== undefined && encryption !== undefined && internal !== undefined) {
    return { auth, encryption, internal };
  }
  const stored = storedSecrets(path.join(dataDir, "secrets.json"));
  return {
    auth: auth ?? stored.auth,
    encryption: encryption ?? stored.encryption,
    internal: internal ?? stored.internal,
  };
}

function storedSecrets(file: string): Secrets {
  const secret = () => randomBytes(32).toString("base64url");
  const text = createFileOnce(
    file,
    () => `${JSON.stringify({ auth: secret(), encryption: secret(), internal: secret() }, null, 2)}\n`,
  );
  const parsed = Stored.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ConfigError([
    `${file} is damaged. Restore it from a backup. Removing it makes new secrets: everybody has to sign in again, and stored environment variables of servers become unreadable.`,
  ]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is the same to the caller as JSON of another shape: the file is damaged.
    return null;
  }
}
