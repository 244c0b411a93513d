// Runs the official MCP conformance suites against our own fixture server, directly and through a gateway of ours, and
// the MCP Inspector against both. What differs is a fault of the gateway. Then `/mcp-admin`, by the scenarios that judge any
// server. Needs npm's registry for the suites.
import { isDeepStrictEqual } from "node:util";
import { openEdgeSite } from "#lib/testing/edge-site.ts";
import { startConformanceServer } from "#lib/testing/mcp/conformance-server.ts";
import { describeCounts, diffSuites, runSuite, SUITE_RUNS } from "#lib/testing/mcp/conformance-suite.ts";
import { inspect } from "#lib/testing/mcp/inspector-cli.ts";
import { startKeyShim } from "#lib/testing/mcp/key-shim.ts";
import { GENERAL_SCENARIOS, startOwnEndpoint } from "#lib/testing/mcp/own-endpoint.ts";

const fixture = await startConformanceServer();
const site = await openEdgeSite();
let differences = 0;
let failures = 0;
try {
  const server = await site.front("fixture", fixture.url);
  const edge = await site.startEdge();
  const gatewayUrl = edge.url + server.path;
  // The suites have no option for headers.
  const shim = await startKeyShim(gatewayUrl, server.secret);
  for (const run of SUITE_RUNS) {
    const direct = await runSuite(run, fixture.url);
    const through = await runSuite(run, shim.url);
    const diff = diffSuites(direct, through);
    differences += diff.length;
    console.log(
      `${run.title}: ${direct.size} scenarios; checks passed directly ${describeCounts(direct)}, through the gateway ${describeCounts(through)}; differences: ${diff.length}`,
    );
    for (const line of diff) console.log(`  ${line}`);
  }
  for (const era of ["legacy", "modern"]) {
    const list = ["--protocol-era", era, "--method", "tools/list"];
    const direct = await inspect(fixture.url, ...list);
    const through = await inspect(gatewayUrl, "--header", `Authorization: Bearer ${server.secret}`, ...list);
    const isSame = isDeepStrictEqual(direct.tools, through.tools);
    if (!isSame) differences++;
    console.log(
      `MCP Inspector, ${era} era: ${(through.tools as unknown[]).length} tools through the gateway, ${isSame ? "the same as directly" : "NOT the same as directly"}`,
    );
  }
  const own = await startOwnEndpoint(site);
  for (const run of SUITE_RUNS) {
    const result = new Map(
      [...(await runSuite(run, own.url))].filter(([scenario]) => GENERAL_SCENARIOS.has(scenario)),
    );
    console.log(
      `${run.title}, /mcp-admin: ${result.size} general scenarios, ${describeCounts(result)} checks`,
    );
    for (const [scenario, checks] of result)
      for (const { id, status, error } of checks.filter((check) => check.status === "FAILURE")) {
        failures++;
        console.log(`  ${scenario}: ${id} ${status} (${error})`);
      }
  }
  await own.close();
  await shim.close();
  await edge.stop();
} finally {
  await site.close();
  await fixture.close();
}
console.log(differences === 0 ? "\nNo difference." : `\n${differences} differences.`);
if (failures > 0) console.log(`${failures} checks failed at /mcp-admin.`);
process.exit(differences + failures === 0 ? 0 : 1);
