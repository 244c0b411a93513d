import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SealedBox {
  /** Nonce, ciphertext and tag in one. `context` must be given again to open it. */
  seal(plaintext: string, context: string): Uint8Array;
  /** Throws when the bytes were changed, or sealed with another key or for another context. */
  unseal(sealed: Uint8Array, context: string): string;
}

/** AES-256-GCM under one 32-byte key, with a fresh random nonce each time. `context` is authenticated, not stored. */
export function createSealedBox(key: Uint8Array): SealedBox {
  if (key.length !== 32) throw new RangeError(`the encryption key must have 32 bytes, not ${key.length}`);
  return {
    seal(plaintext, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context, "utf8"));
      const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
      return new Uint8Array(Buffer.concat([nonce, body, cipher.getAuthTag()]));
    },
    unseal(sealed, context) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error("not a sealed secret: too short");
      const tagAt = sealed.length - TAG_BYTES;
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(context, "utf8"))
        .setAuthTag(sealed.subarray(tagAt));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()]).toString(
        "utf8",
      );
    },
  };
}
