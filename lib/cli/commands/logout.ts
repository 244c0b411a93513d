import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { removeLogin } from "../stored-login.ts";

/** Forgets the stored token. The token itself stays valid until it is revoked. */
export const logout: CommandRun = async ({ io }) => {
  const removed = await removeLogin(io);
  io.err(
    removed
      ? "Signed out on this machine. Revoke the token under Settings → API tokens if nobody needs it.\n"
      : "You were not signed in.\n",
  );
  if (io.env.MCPSTACK_API_KEY) io.err("Note: MCPSTACK_API_KEY is set and is still used.\n");
  return EXIT.ok;
};
