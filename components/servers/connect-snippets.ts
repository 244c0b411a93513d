import { shellQuoted as quoted } from "#components/calls/shell-quoted.ts";

export interface Snippet {
  id: string;
  label: string;
  /** Where it goes, or what it needs. */
  hint: string;
  code: string;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/**
 * How real clients connect to a server: exact text, ready to paste. `name` is the server's slug. With a `credential`
 * every client presents it as a Bearer.
 */
export function connectSnippets(
  name: string,
  url: string,
  credential: string | null = null,
): readonly Snippet[] {
  const bearer = credential === null ? null : `Bearer ${credential}`;
  const headers = bearer === null ? {} : { headers: { Authorization: bearer } };
  return [
    {
      id: "claude-code",
      label: "Claude Code",
      hint: "Run it in a terminal; then /mcp inside Claude Code shows the server.",
      code: `claude mcp add --transport http ${name} ${quoted(url)}${
        bearer === null ? "" : ` --header ${quoted(`Authorization: ${bearer}`)}`
      }`,
    },
    {
      id: "cursor",
      label: "Cursor",
      hint: "In .cursor/mcp.json of the project, or ~/.cursor/mcp.json.",
      code: json({ mcpServers: { [name]: { url, ...headers } } }),
    },
    {
      id: "vs-code",
      label: "VS Code",
      hint: "In .vscode/mcp.json of the workspace.",
      code: json({ servers: { [name]: { type: "http", url, ...headers } } }),
    },
    {
      id: "typescript",
      label: "TypeScript",
      hint: "npm install @modelcontextprotocol/client",
      code: `import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const client = new Client({ name: "my-client", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
await client.connect(new StreamableHTTPClientTransport(new URL(${JSON.stringify(url)})${
        bearer === null
          ? ""
          : `, {
  requestInit: { headers: { Authorization: ${JSON.stringify(bearer)} } },
}`
      }));

const { tools } = await client.listTools();
console.log(tools.map((tool) => tool.name));
await client.close();`,
    },
    {
      id: "curl",
      label: "curl",
      hint: "One stateless request of protocol 2026-07-28.",
      code: [
        `curl -sS ${quoted(url)}`,
        ...(bearer === null ? [] : [`-H ${quoted(`authorization: ${bearer}`)}`]),
        "-H 'content-type: application/json'",
        "-H 'accept: application/json, text/event-stream'",
        "-H 'mcp-protocol-version: 2026-07-28'",
        "-H 'mcp-method: tools/list'",
        `-d '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"curl","version":"8"},"io.modelcontextprotocol/clientCapabilities":{}}}}'`,
      ].join(" \\\n  "),
    },
    {
      id: "inspector",
      label: "MCP Inspector",
      hint: "Lists the tools in the terminal; without --cli it opens a page in the browser.",
      code: `npx @modelcontextprotocol/inspector --cli ${quoted(url)} --transport http --method tools/list${
        bearer === null ? "" : ` --header ${quoted(`Authorization: ${bearer}`)}`
      }`,
    },
  ];
}
