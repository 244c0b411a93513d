import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { createFileOnce } from "#lib/config/index.ts";
import { verifyPassword } from "#lib/crypto/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { findAccountByEmail } from "#lib/domain/accounts/index.ts";
import {
  createOrganization,
  findMembership,
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

/**
 * The sample organization and its owner, made when missing. The password is generated for this data directory and kept
 * in a file of it. Throws when somebody else's organization has the sample's name.
 */
export async function ensureSampleOwner(system: System, dataDir: string): Promise<SampleOwner> {
  const file = path.join(dataDir, "sample-owner.json");
  const existing = await findOrganization(system, ORGANIZATION.slug);
  if (existing && !existsSync(file) && !(await isOwnedBy(system, existing, EMAIL))) {
    throw new Error(
      `The organization ${ORGANIZATION.slug} on this database is not the sample's. Start with MCPSTACK_SAMPLE=off.`,
    );
  }
  const text = createFileOnce(
    file,
    () => `${JSON.stringify({ email: EMAIL, password: system.ids.secret(12) })}\n`,
  );
  const { email, password } = Stored.parse(JSON.parse(text));
  const organization = existing ?? (await createSampleOrganization(system, email, password));
  const account = await findAccountByEmail(system.database.db, email);
  const isCurrent = account?.passwordHash ? await verifyPassword(password, account.passwordHash) : false;
  return {
    organization: { id: organization.id, slug: organization.slug },
    email,
    password: isCurrent ? password : null,
  };
}

async function createSampleOrganization(
  system: System,
  email: string,
  password: string,
): Promise<OrganizationRef> {
  const owner = { name: "Olivia Owner", email, password };
  return (await createOrganization(system, { ...ORGANIZATION, owner }, "sample")).organization;
}

async function isOwnedBy(system: System, organization: OrganizationRef, email: string): Promise<boolean> {
  const account = await findAccountByEmail(system.database.db, email);
  return account !== null && (await findMembership(system, account.id, organization.id)) !== null;
}
