import { createTransport } from "nodemailer";
import type { Doors } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";

/** Sends mail through the operator's server; every step of it is bounded. */
export function createMailer({ url, from }: { url: string; from: string }): NonNullable<Doors["mail"]> {
  const timeouts = {
    connectionTimeout: limits.money.alertTimeoutMs,
    greetingTimeout: limits.money.alertTimeoutMs,
    socketTimeout: limits.money.alertTimeoutMs,
  };
  const transport = createTransport(url, { from });
  Object.assign(transport.options, timeouts);
  return async (mail) => {
    await transport.sendMail({ ...mail, disableFileAccess: true, disableUrlAccess: true });
  };
}
