import type { Me } from "#lib/contract/index.ts";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts } from "../output.ts";

/** Who the commands speak as. Fails as not signed in when there is no valid credential. */
export const authStatus: CommandRun = async ({ io, session, format }) => {
  const { apiUrl, source, stored, organization } = await session.resolve();
  const me = await (await session.api()).get<Me>("/me");
  if (source === "environment" && stored)
    io.err("Note: MCPSTACK_API_KEY is set and overrides the stored login.\n");
  const only = me.organizations.length === 1 ? (me.organizations[0]?.slug ?? null) : null;
  const status = {
    apiUrl,
    name: me.name,
    kind: me.kind,
    credential: source,
    overridesLogin: source === "environment" && stored !== null,
    organization: organization ?? only,
    organizations: me.organizations.map(({ slug, name, role, scopes }) => ({ slug, name, role, scopes })),
  };
  emit(io, format, status, () =>
    facts([
      ["API", apiUrl],
      ["Signed in as", `${me.name} (${me.kind === "apiToken" ? "API token" : "user"})`],
      ["Credential", source === "environment" ? "MCPSTACK_API_KEY" : "stored login"],
      ["Organization", status.organization ?? "none chosen: use --org or MCPSTACK_ORG_ID"],
      ["Belongs to", me.organizations.map(({ slug }) => slug).join(", ")],
    ]),
  );
  return EXIT.ok;
};
