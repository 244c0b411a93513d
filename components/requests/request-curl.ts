import type { RequestRow } from "#lib/contract/index.ts";

/** Single quotes survive every character in a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const PROTOCOL = "2026-07-28";

/**
 * A command that sends the same message again. Arguments are not stored, so they are left empty to be filled in; one
 * stateless request needs no session. `credential` goes into the authorization header, if there is to be one.
 */
export function curlOf(
  row: Pick<RequestRow, "method" | "tool">,
  mcpUrl: string,
  credential: string | null = null,
): string {
  const method = row.method ?? "tools/list";
  const params = {
    ...(row.tool === null ? {} : { name: row.tool, arguments: {} }),
    _meta: {
      "io.modelcontextprotocol/protocolVersion": PROTOCOL,
      "io.modelcontextprotocol/clientInfo": { name: "curl", version: "8" },
      "io.modelcontextprotocol/clientCapabilities": {},
    },
  };
  const headers = [
    "content-type: application/json",
    "accept: application/json, text/event-stream",
    `mcp-protocol-version: ${PROTOCOL}`,
    ...(credential === null ? [] : [`authorization: Bearer ${credential}`]),
    `mcp-method: ${method}`,
    ...(row.tool === null ? [] : [`mcp-name: ${row.tool}`]),
  ];
  return [
    `curl -sS ${quoted(mcpUrl)}`,
    ...headers.map((header) => `  -H ${quoted(header)}`),
    `  -d ${quoted(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))}`,
  ].join(" \\\n");
}
