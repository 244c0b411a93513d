import { randomBytes } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import type { CreatedInvitation, Me, Role } from "#lib/contract/index.ts";
import { type Credentials, callAsPerson, signIn } from "./session.ts";

interface Invitation {
  url: string;
  organization: string;
  name: string;
  role: Role;
}

/** Invites somebody new and accepts as them; `inviter` is signed in. */
export async function invitePerson(
  inviter: APIRequestContext,
  guest: APIRequestContext,
  { url, organization, name, role }: Invitation,
): Promise<Credentials> {
  const email = `${name.toLowerCase()}-${randomBytes(4).toString("hex")}@${organization}.example`;
  const password = randomBytes(12).toString("base64url");
  const path = `/organizations/${organization}/members`;
  const { inviteUrl } = await callAsPerson<CreatedInvitation>(inviter, url, "POST", path, {
    email,
    name,
    role,
  });
  const token = inviteUrl.slice(inviteUrl.lastIndexOf("/") + 1);
  await callAsPerson(guest, url, "POST", "/invitations/accept", { token, password });
  return { email, password };
}

/**
 * Makes a second organization as a user would: its maker invites somebody as owner, who accepts and then removes the
 * maker. So the two tenants have nobody in common. `maker` is signed in already; `guest` is at the end, as the owner.
 */
export async function makeSecondTenant(
  url: string,
  maker: APIRequestContext,
  guest: APIRequestContext,
): Promise<Credentials & { organization: string }> {
  const organization = `globex-${randomBytes(4).toString("hex")}`;
  await callAsPerson(maker, url, "POST", "/organizations", { name: "Globex", slug: organization });
  const owner = await invitePerson(maker, guest, { url, organization, name: "Gina", role: "owner" });
  await signIn(guest, owner);
  const { id } = await callAsPerson<Me>(maker, url, "GET", "/me");
  await callAsPerson(guest, url, "DELETE", `/organizations/${organization}/members/${id}`);
  return { organization, ...owner };
}
