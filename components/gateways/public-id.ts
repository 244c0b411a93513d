import { gatewayLimits } from "#lib/kernel/limits/gateways.ts";

/** 32 characters that are not mistaken for each other: five bits each. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const BITS_PER_CHARACTER = 5;
const CHARACTERS = Math.ceil((gatewayLimits.publicIdBytes * 8) / BITS_PER_CHARACTER);

/** A new unguessable public id, so that the new URL can be shown before anything changes. */
export const newPublicId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(CHARACTERS))].map((byte) => ALPHABET.charAt(byte & 31)).join("");

/** The public URL that a public id leads to, on the installation that `directUrl` belongs to. */
export const publicUrlOf = (directUrl: string, publicId: string): string =>
  `${new URL(directUrl).origin}/gateway/${publicId}/mcp`;
