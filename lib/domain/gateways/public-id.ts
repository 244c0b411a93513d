import { limits } from "#lib/kernel/limits.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** An unguessable public id: lower-case, fit for a URL, of `limits.gateways.publicIdBytes` random bytes. */
export function newPublicId(ids: { secret(byteCount: number): string }): string {
  const bytes = Buffer.from(ids.secret(limits.gateways.publicIdBytes), "base64url");
  let text = "";
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    while (heldBits >= 5) {
      heldBits -= 5;
      text += ALPHABET.charAt((held >> heldBits) & 31);
    }
    held &= (1 << heldBits) - 1;
  }
  return text;
}
