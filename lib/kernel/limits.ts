import { agentLimits } from "./limits/agents.ts";
import { authLimits } from "./limits/auth.ts";
import { checkLimits } from "./limits/checks.ts";
import { consoleLimits } from "./limits/console.ts";
import { controlLimits } from "./limits/control.ts";
import { drainLimits } from "./limits/drains.ts";
import { egressLimits } from "./limits/egress.ts";
import { embeddedDatabaseLimits } from "./limits/embedded-database.ts";
import { frontDoorLimits } from "./limits/front-door.ts";
import { gatewayLimits } from "./limits/gateways.ts";
import { httpLimits } from "./limits/http.ts";
import { alertRuleLimits, incidentLimits } from "./limits/incidents.ts";
import { jobLimits } from "./limits/jobs.ts";
import { logCanaryLimits } from "./limits/log-canary.ts";
import { logStreamLimits } from "./limits/log-stream.ts";
import { mcpLimits } from "./limits/mcp.ts";
import { mcpAdminLimits } from "./limits/mcp-admin.ts";
import { moneyLimits } from "./limits/money.ts";
import { nodeLimits } from "./limits/nodes.ts";
import { operationLimits } from "./limits/operations.ts";
import { requestLimits } from "./limits/requests.ts";
import { runtimeLimits } from "./limits/runtime.ts";
import { sampleLimits } from "./limits/sample.ts";
import { serverLimits } from "./limits/servers.ts";
import { spoolLimits } from "./limits/spool.ts";
import { storageLimits } from "./limits/storage.ts";
import { supervisorLimits } from "./limits/supervisor.ts";
import { tracingLimits } from "./limits/tracing.ts";
import { viewerLimits } from "./limits/viewer.ts";
import { writerLimits } from "./limits/writer.ts";

/**
 * Every bound of the product, with its unit in its name, by section: each stands in `limits/<section>.ts`. A queue, buffer,
 * body, wait or retry without an entry there is a defect. Browser-safe; what runs in a browser imports the sections that
 * it needs from their files, so that a page loads those numbers and not all of them.
 */
export const limits = {
  http: httpLimits,
  mcpAdmin: mcpAdminLimits,
  auth: authLimits,
  mcp: mcpLimits,
  frontDoor: frontDoorLimits,
  control: controlLimits,
  runtime: runtimeLimits,
  console: consoleLimits,
  egress: egressLimits,
  logStream: logStreamLimits,
  writer: writerLimits,
  requests: requestLimits,
  tracing: tracingLimits,
  canary: logCanaryLimits,
  spool: spoolLimits,
  drains: drainLimits,
  viewer: viewerLimits,
  servers: serverLimits,
  gateways: gatewayLimits,
  agents: agentLimits,
  money: moneyLimits,
  incidents: incidentLimits,
  alertRules: alertRuleLimits,
  nodes: nodeLimits,
  operations: operationLimits,
  checks: checkLimits,
  storage: storageLimits,
  embeddedDatabase: embeddedDatabaseLimits,
  supervisor: supervisorLimits,
  jobs: jobLimits,
  sample: sampleLimits,
} as const;
