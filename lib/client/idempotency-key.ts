/**
 * A key for one thing that a person does, such as one press of Buy: make it there, send it with every try of it
 * (`idempotencyKey` of the call), and a fresh one with the next. Works without https too, unlike `crypto.randomUUID`.
 */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
