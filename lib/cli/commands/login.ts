import type { Me } from "#lib/contract/index.ts";
import { createApiClient, normalizeApiUrl } from "../api-client.ts";
import { usageError } from "../cli-error.ts";
import { type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts } from "../output.ts";
import { writeLogin } from "../stored-login.ts";

const TOKEN_BYTES_MAX = 4_096;

/** The token from the flag, from standard input, or asked for on a terminal. */
async function tokenOf(call: CommandCall): Promise<string> {
  const { io } = call;
  const flag = textOption(call, "token");
  const given =
    flag !== undefined && flag !== "-"
      ? flag
      : io.stdinIsTty
        ? await io.askSecret("API token (from Settings → API tokens): ")
        : (await io.readStdin(TOKEN_BYTES_MAX)) || io.env.MCPSTACK_API_KEY || "";
  const token = given.trim();
  if (token === "")
    throw usageError(
      "No token was given.",
      "Make one under Settings → API tokens, then: mcpstack login --token - < token.txt",
    );
  if (/[^\u0021-\u007e]/.test(token))
    throw usageError("This is not a token: it holds blanks or other characters.");
  return token;
}

/** Checks a token against the API and remembers it for this user, this installation and one organization. */
export const login: CommandRun = async (call) => {
  const { io, session, format } = call;
  const { apiUrl, organization: wanted } = await session.resolve();
  const token = await tokenOf(call);
  const me = await createApiClient(normalizeApiUrl(apiUrl), token).get<Me>("/me");
  const organization =
    wanted === null
      ? me.organizations.length === 1
        ? me.organizations[0]
        : undefined
      : me.organizations.find(({ id, slug }) => id === wanted || slug === wanted);
  if (wanted !== null && !organization)
    throw usageError(
      `This token does not belong to the organization ${wanted}.`,
      `It belongs to: ${me.organizations.map(({ slug }) => slug).join(", ") || "none"}.`,
    );
  const file = await writeLogin(io, { apiUrl, token, organization: organization?.slug ?? null });
  io.err(`Signed in. The token is stored in ${file}, readable by you only.\n`);
  if (io.env.MCPSTACK_API_KEY)
    io.err("Note: MCPSTACK_API_KEY is set and overrides this login. Unset it to use the login.\n");
  emit(io, format, { apiUrl, name: me.name, kind: me.kind, organization: organization?.slug ?? null }, () =>
    facts([
      ["API", apiUrl],
      ["Signed in as", me.name],
      ["Organization", organization?.slug ?? "none chosen: use --org"],
    ]),
  );
  return EXIT.ok;
};
