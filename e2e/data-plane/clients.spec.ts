import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "../support/fixtures.ts";
import { connectMcp } from "../support/mcp-clients.ts";

const INSPECTOR = path.resolve(
  import.meta.dirname,
  "../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
);

for (const generation of ["modern", "first"] as const) {
  test(`the ${generation} generation of the SDK lists and calls the tools of the sample`, async ({
    product,
  }) => {
    const client = await connectMcp(`${product.url}/mcp/support-api`, generation);
    expect(await client.listTools()).toHaveLength(14);
    const ticket = await client.callTool("get_ticket", { ticketId: "T-1004" });
    expect(ticket).toMatchObject({ isError: false, structuredContent: { ticket: { id: "T-1004" } } });
    expect(ticket.requestId).toMatch(/^req_/);
    expect(await client.callTool("get_ticket", { ticketId: "T-9999" })).toMatchObject({ isError: true });
    await client.close();
  });
}

test("the MCP Inspector lists and calls them, speaking either protocol", async ({ product }) => {
  const home = mkdtempSync(path.join(os.tmpdir(), "mcpstack-e2e-inspector-"));
  const inspect = async (...options: string[]) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [INSPECTOR, "--cli", `${product.url}/mcp/support-api`, "--transport", "http", ...options],
      { env: { ...process.env, HOME: home } },
    );
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  try {
    for (const era of ["legacy", "modern"]) {
      const { tools } = await inspect("--protocol-era", era, "--method", "tools/list");
      expect(tools, era).toHaveLength(14);
    }
    const call = ["--method", "tools/call", "--tool-name", "get_ticket", "--tool-arg", "ticketId=T-1004"];
    expect(await inspect(...call)).toMatchObject({ structuredContent: { ticket: { id: "T-1004" } } });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
