/** Tenants and who belongs to them: organizations, memberships, invitations, and making the first owner. */
export { acceptInvitation, previewInvitation } from "./accept-invitation.ts";
export { createOrganization } from "./create-organization.ts";
export { createOwnOrganization } from "./create-own-organization.ts";
export { deleteExpiredOneTimeTokens } from "./expired-tokens.ts";
export { inviteMember, listInvitations, revokeInvitation } from "./invitations.ts";
export { changeMemberRole, listMembers, removeMember } from "./members.ts";
export {
  findMembership,
  findOrganization,
  getOrganization,
  listOrganizationsOfToken,
  listOrganizationsOfUser,
  type OrganizationRef,
  systemCtx,
  updateOrganization,
} from "./organizations.ts";
export { completeSetup, createSetupToken, isSetupNeeded } from "./setup.ts";
