import path from "node:path";
import { z } from "zod";
import { createFileOnce } from "#lib/config/index.ts";
import { verifyPassword } from "#lib/crypto/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { findAccountByEmail } from "#lib/domain/accounts/index.ts";
import {
  createOrganization,
  findOrganization,
  type OrganizationRef,
} from "#lib/domain/organizations/index.ts";

const ORGANIZATION = { name: "Acme Support", slug: "acme" } as const;
const EMAIL = "owner@acme.example";
const Stored = z.object({ email: z.string(), password: z.string() });

export interface SampleOwner {
  organization: OrganizationRef;
  email: string;
  /** Null when the owner chose another one meanwhile. */
  password: string | null;
}

/** The sample organization and its owner, made when missing. The password is generated for this data directory and kept in a file of it. */
export async function ensureSampleOwner(system: System, dataDir: string): Promise<SampleOwner> {
  const text = createFileOnce(
    path.join(dataDir, "sample-owner.json"),
    () => `${JSON.stringify({ email: EMAIL, password: system.ids.secret(12) })}\n`,
  );
  const { email, password } = Stored.parse(JSON.parse(text));
  const organization =
    (await findOrganization(system, ORGANIZATION.slug)) ??
    (
      await createOrganization(
        system,
        { ...ORGANIZATION, owner: { name: "Olivia Owner", email, password } },
        "sample",
      )
    ).organization;
  const account = await findAccountByEmail(system.database.db, email);
  const isCurrent = account?.passwordHash ? await verifyPassword(password, account.passwordHash) : false;
  return { organization, email, password: isCurrent ? password : null };
}
