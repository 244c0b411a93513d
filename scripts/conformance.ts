// Runs the official MCP conformance suites against our own fixture server, directly and through a gateway of ours, and
// the MCP Inspector against both. What differs is a fault of the gateway. Needs npm's registry for the suites.
import { isDeepStrictEqual } from "node:util";
import { openEdgeSite } from "#lib/testing/edge-site.ts";
import { startConformanceServer } from "#lib/testing/mcp/conformance-server.ts";
import { describeCounts, diffSuites, runSuite, SUITE_RUNS } from "#lib/testing/mcp/conformance-suite.ts";
import { inspect } from "#lib/testing/mcp/inspector-cli.ts";
import { startKeyShim } from "#lib/testing/mcp/key-shim.ts";

const fixture = await startConformanceServer();
const site = await openEdgeSite();
let differences = 0;
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
  await shim.close();
  await edge.stop();
} finally {
  await site.close();
  await fixture.close();
}
console.log(differences === 0 ? "\nNo difference." : `\n${differences} differences.`);
process.exit(differences === 0 ? 0 : 1);
